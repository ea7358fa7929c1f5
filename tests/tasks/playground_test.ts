import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { KERNELS, unpack } from "../../tasks/playground/packed.ts";
import { namesIn, runApart, temporaryFolder } from "../support/program.ts";

const TOOL = new URL("../../tasks/tools/playground.ts", import.meta.url).pathname;

/** What `deno task playground` asks for. */
const ALLOWED = ["--allow-read", "--allow-write", "--allow-run=deno", "--allow-net=127.0.0.1"];

const playground = (...args: readonly string[]) => runApart(args, ALLOWED, { entry: TOOL });

Deno.test("playground makes one file and its licences, with the kernels that repeat everywhere and no others; the same bytes again", async () => {
  await using one = await temporaryFolder();
  await using other = await temporaryFolder();
  const { code, stdout, stderr } = await playground("--json", "--out", one.path);
  assertEquals([code, stderr], [0, ""]);
  const made = JSON.parse(stdout);
  assertEquals([made.schema, made.file], ["resland/playground@1", `${one.path}/index.html`]);
  assertEquals(namesIn(one.path), ["index.html", "licences.txt"]);
  const html = await Deno.readTextFile(made.file);
  assertEquals(new TextEncoder().encode(html).length, made.bytes);
  assert(made.bytes < 450_000 && made.gzipBytes < 150_000, `${made.bytes}, ${made.gzipBytes}`);
  const kernels = await Promise.all(
    ["simd", "relaxed", "cells"].map((name) => import(`../../src/kernels/generated/${name}.ts`)),
  );
  const [, inside] = html.match(/id="kernels">([^<]+)</)!;
  // A part of the kernels that repeat everywhere: all in double, with the same code.
  const [names, all] = [await unpack(inside), kernels[0].base64].map((base64) => {
    const module = new WebAssembly.Module(Uint8Array.fromBase64(base64));
    return WebAssembly.Module.exports(module).map(({ name }) => name);
  });
  assertEquals(all.filter((name) => !names.includes(name) && !/_f32$|^peak_/.test(name)), []);
  assert(names.length < all.length && names.every((name) => all.includes(name)));
  assertEquals(kernels.map(({ base64 }) => html.includes(base64)), [false, false, false]);
  assertStringIncludes(html, KERNELS);
  assert(!html.includes(Deno.cwd()) && !html.includes(one.path));
  assertEquals((await playground("--out", other.path)).code, 0);
  assertEquals(await Deno.readTextFile(`${other.path}/index.html`), html);
});

Deno.test("playground explains itself, and refuses what it does not know", async () => {
  const help = await playground("--help");
  assertStringIncludes(help.stdout, "one file that opens from disk");
  const wrong = await playground("--sevre");
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "resland playground: ");
});
