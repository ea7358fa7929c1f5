import { readSources } from "../../tasks/tools/audit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  dependencyPage,
  floatingPackages,
  isAllowed,
  lockedPackages,
  type LockFile,
  unusedImports,
} from "../../tasks/tools/dependencies.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): Promise<string> => Deno.readTextFile(new URL(path, ROOT));

Deno.test("every dependency is pinned to a version, and to the hash of its archive", async () => {
  const packages = lockedPackages(JSON.parse(await read("deno.lock")));
  assertEquals(floatingPackages(await readSources()), []);
  assertEquals(packages.filter(({ pinned }) => !pinned), []);
});

Deno.test("docs/dependencies.md lists every locked package, under a licence that allows handing it over", async () => {
  const page = await read("docs/dependencies.md");
  const rows = Array.from(page.matchAll(/^\| (\S+) +\| (\d\S*) +\| (.+?) +\|$/gm), ([, ...cells]) => cells);
  const locked = lockedPackages(JSON.parse(await read("deno.lock")));
  assertEquals(
    rows.map(([name, version]) => `${name}@${version}`).toSorted(),
    locked.map(({ name, version }) => `${name}@${version}`).toSorted(),
  );
  const [inside] = page.split("## For the build and the tests");
  for (const [name, version, licence] of rows) {
    const shipped = new RegExp(`\\| ${name} +\\| ${version} `).test(inside);
    assert(isAllowed({ licence, shipped }), `${name}: ${licence}`);
  }
});

Deno.test("isAllowed() takes one of several licences, all of joint ones, and a weak copyleft only for what is not handed over", () => {
  const allowed = (licence: string, shipped: boolean) => isAllowed({ licence, shipped });
  assertEquals(["MIT", "(MIT OR GPL-3.0)", "MIT AND ISC"].map((licence) => allowed(licence, true)), [true, true, true]);
  assertEquals(["unknown", "MIT AND GPL-3.0", "MPL-2.0"].map((licence) => allowed(licence, true)), [
    false,
    false,
    false,
  ]);
  assertEquals(["GPL-3.0", "MPL-2.0"].map((licence) => allowed(licence, false)), [false, true]);
});

Deno.test("lockedPackages() reads scoped names and suffixed versions, and tells a hash that is missing", () => {
  const lock: LockFile = { npm: { "b@1.0.0_a@2.0.0": { integrity: "sha512-x" }, "@s/a@2.1.0": {} } };
  assertEquals(lockedPackages(lock), [
    { name: "@s/a", version: "2.1.0", pinned: false },
    { name: "b", version: "1.0.0", pinned: true },
  ]);
});

Deno.test("unusedImports() finds what no source imports, and only that", () => {
  const imports = { "@std/csv": "jsr:@std/csv@^1.0.0", "a": "jsr:@a/a@1", "b": "jsr:@b/b@1", "ab": "jsr:@a/b@1" };
  const sources = ['import { parse } from "@std/csv/parse";', 'const a = await import("a");', 'export { x } from "b";'];
  assertEquals(unusedImports(imports, sources), ["ab"]);
  assertEquals(unusedImports(imports, []), ["@std/csv", "a", "ab", "b"]);
});

Deno.test("floatingPackages() finds packages without an exact version, and those with two", () => {
  const scheme = "npm:";
  const sources = ["a@1.0.0", "a@1.0.0/sub", "b@^1.0.0", "@s/c", "@s/d@2.0.0/x", "e@1.0.0", "e@1.0.1"].map((name) =>
    `import x from "${scheme}${name}";`
  );
  assertEquals(floatingPackages(sources), ["@s/c", "b", "e"]);
});

Deno.test("dependencyPage() separates what is distributed from what is only needed for building and testing", () => {
  const one = { version: "1.0.0", pinned: true, licence: "MIT" };
  const [inside, outside] = dependencyPage([{ ...one, name: "in", shipped: true }, {
    ...one,
    name: "out",
    shipped: false,
  }])
    .split("## For the build and the tests");
  assertStringIncludes(inside, "| in | 1.0.0 | MIT |");
  assertStringIncludes(outside, "| out | 1.0.0 | MIT |");
});
