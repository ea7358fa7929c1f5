import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { namesIn, runApart, temporaryFolder } from "../support/program.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** What `deno task build` asks for, in a checkout. */
const permissions = (
  checkout: string,
) => ["--allow-read", `--allow-write=${checkout}/src/kernels/generated`, "--allow-env"];

/** A checkout with what a build needs, not built. */
async function unbuilt() {
  const folder = await temporaryFolder();
  for (const path of ["kernels", "tasks/tools", "src/kernels"]) {
    await Deno.mkdir(`${folder.path}/${path}`, { recursive: true });
  }
  const kernels = namesIn(`${ROOT}kernels`).filter((name) => name.endsWith(".ts")).map((name) => `kernels/${name}`);
  for (const path of [...kernels, "tasks/tools/build.ts"]) await Deno.copyFile(ROOT + path, `${folder.path}/${path}`);
  return folder;
}

Deno.test("two builds at once do the work once and leave one stamp, and a third does nothing", async () => {
  await using folder = await unbuilt();
  const build = () =>
    runApart([], permissions(folder.path), { entry: `${folder.path}/tasks/tools/build.ts`, cwd: folder.path });
  const both = await Promise.all([build(), build()]);
  assertEquals(both.map(({ code, stdout }) => [code, stdout]), [[0, ""], [0, ""]]);
  const [said, ...more] = both.map(({ stderr }) => stderr).filter((stderr) => stderr.includes("Built the kernels"));
  assertEquals(more, []);
  assertStringIncludes(said, "relaxed");
  assertEquals(namesIn(`${folder.path}/src/kernels/generated`), ["cells.ts", "lock", "relaxed.ts", "simd.ts", "stamp"]);
  assertEquals(await build(), { code: 0, stdout: "", stderr: "" });
});

Deno.test("a checkout that is not built and cannot be written says so in a sentence", async () => {
  await using folder = await unbuilt();
  const entry = `${folder.path}/tasks/tools/build.ts`;
  const { code, stdout, stderr } = await runApart([], ["--allow-read", "--allow-env"], { entry, cwd: folder.path });
  assertEquals([code, stdout, stderr.trim().split("\n").length], [2, "", 1]);
  assertStringIncludes(stderr, "resland build: the kernels are not built from these sources");
  assert(!stderr.includes("    at "));
});
