import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  dependencyPage,
  floatingImports,
  LICENCES,
  lockedPackages,
  type LockFile,
  unusedImports,
} from "../../tasks/tools/dependencies.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): Promise<string> => Deno.readTextFile(new URL(path, ROOT));

Deno.test("every dependency is pinned to a version, and to the hash of its archive", async () => {
  const { imports } = JSON.parse(await read("deno.json"));
  const packages = lockedPackages(JSON.parse(await read("deno.lock")));
  assertEquals(floatingImports(imports), []);
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
  for (const [, , licence] of rows) {
    assertEquals(licence.replaceAll(/[()]/g, "").split(/ OR | AND /).every((one) => LICENCES.includes(one)), true);
  }
});

Deno.test("lockedPackages() reads scoped names and suffixed versions, and tells a hash that is missing", () => {
  const lock: LockFile = { npm: { "b@1.0.0_a@2.0.0": { integrity: "sha512-x" }, "@s/a@2.1.0": {} } };
  assertEquals(lockedPackages(lock), [
    { name: "@s/a", version: "2.1.0", pinned: false },
    { name: "b", version: "1.0.0", pinned: true },
  ]);
});

Deno.test("unusedImports() and floatingImports() find what they look for, and only that", () => {
  const imports = { "@std/csv": "jsr:@std/csv@^1.0.0", "a": "npm:a@1.0.0", "b": "npm:b@^1.0.0", "ab": "npm:ab" };
  const sources = ['import { parse } from "@std/csv/parse";', 'const a = await import("a");', 'export { x } from "b";'];
  assertEquals(unusedImports(imports, sources), ["ab"]);
  assertEquals(unusedImports(imports, []), ["@std/csv", "a", "ab", "b"]);
  assertEquals(floatingImports(imports), ["ab", "b"]);
});

Deno.test("dependencyPage() keeps what is handed over apart from what builds and tests it", () => {
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
