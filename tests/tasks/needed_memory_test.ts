import { assertEquals, assertGreater, assertLess, assertStringIncludes, assertThrows } from "@std/assert";
import { decodeSafetensors } from "../../src/model/mod.ts";
import { neededMemory, type Work } from "../../src/train/mod.ts";
import { refuseOverMemory } from "../../tasks/io/available_memory.ts";
import { UsageError } from "../../src/cli/mod.ts";
import { namesIn, runApart, runHere, temporaryFolder } from "../support/program.ts";

const MODEL = "tests/data/pytorch/diabetes.safetensors";
const MB = 2 ** 20;

/** Peaks of resident memory [MB], by getrusage on Linux with 2 cores, of which a program that does nothing takes some 60. */
const MEASURED: readonly (readonly [what: string, work: Work, peak: number])[] = [
  ["fit, 60 rows of 2,000 columns", { rows: 60, inputs: 2001, features: 32 }, 235],
  ["fit, 60 rows of 5,000 columns", { rows: 60, inputs: 5001, features: 32 }, 688],
  ["check, width 1,000", { rows: 442, inputs: 11, features: 1000 }, 229],
  ["check, width 2,000", { rows: 442, inputs: 11, features: 2000 }, 397],
  ["check, 16 workers", { rows: 442, inputs: 11, features: 32, workers: 16 }, 507],
  ["certify, 2,000 features", { rows: 300, inputs: 2, features: 2000 }, 188],
  ["certify, 5,000 features", { rows: 300, inputs: 2, features: 5000 }, 814],
];

for (const [what, work, peak] of MEASURED) {
  Deno.test(`neededMemory() is at most what ${what} was seen to take, and at least a third of it`, () => {
    const needed = neededMemory(work) / MB;
    assertLess(needed, peak);
    assertGreater(3 * needed + 100, peak);
  });
}

Deno.test("neededMemory() of a thousand workers is more than the 16 GB that a program may take that cannot ask", () => {
  assertGreater(neededMemory({ workers: 1000 }), 16 * 2 ** 30);
});

Deno.test("refuseOverMemory() lets through what fits, and refuses what does not with both numbers", () => {
  const work = { rows: 100, inputs: 2, features: 8000 };
  const needed = neededMemory(work);
  refuseOverMemory(work, "use less", { bytes: needed, measured: true });
  for (const measured of [true, false]) {
    const error = assertThrows(
      () => refuseOverMemory(work, "use less", { bytes: needed / 2, measured }),
      UsageError,
      "this needs 1.5 GB of memory or more, and ",
    );
    assertStringIncludes(error.message, measured ? "this machine has 750 MB left; use less" : "the limit is 750 MB");
  }
});

/** A small file in half precision that asks for a network of 60,000 features of 2 inputs: 600 kB. */
function wideModel(model: Uint8Array, k: number): Uint8Array {
  const { metadata } = decodeSafetensors(model, "model");
  const architecture = metadata.architecture.replace(/"out":\d+/, `"out":${k}`);
  const shapes = { w: [2], V: [2, k], "theta.0.weight": [k, 2], "theta.0.bias": [k] };
  const header: Record<string, unknown> = { __metadata__: { ...metadata, architecture } };
  let at = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const end = at + 2 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: "F16", shape, data_offsets: [at, end] };
    at = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

Deno.test("certify refuses a model file of 600 kB that would take 81 GB, and certifies one of ten features", async () => {
  await using folder = await temporaryFolder();
  const table = `${folder.path}/t.csv`;
  await Deno.writeTextFile(table, `a,y\n${Array.from({ length: 30 }, (_, i) => `${i},${i * i % 11}`).join("\n")}\n`);
  const fast = ["--epochs", "1", "--width", "2", "--regularise", "none", "--quiet"];
  await runHere(["fit", "--data", table, "--target", "y", ...fast, "--out", `${folder.path}/run`]);
  const own = await Deno.readFile(`${folder.path}/run/model.safetensors`);
  const certify = async (k: number) => {
    const file = `${folder.path}/${k}.safetensors`;
    await Deno.writeFile(file, wideModel(own, k));
    return await runHere(["certify", "--model", file, "--data", table, "--json"]);
  };
  assertEquals((await certify(10)).code, 0);
  const wide = await certify(60_000);
  assertEquals([wide.code, wide.stdout], [2, ""]);
  assertStringIncludes(wide.stderr, "this needs 81 GB of memory or more, and ");
  assertStringIncludes(wide.stderr, "60000.safetensors asks for it, by 60000 features of 2 inputs");
});

Deno.test("commands refuse options that need more memory than there is, before they start, and write nothing", async () => {
  await using folder = await temporaryFolder();
  await using beside = await temporaryFolder();
  const design = `${beside.path}/sweep.json`;
  await Deno.writeTextFile(design, JSON.stringify({ vary: { width: [2] }, seeds: 100_000 }));
  const out = ["--out", `${folder.path}/out`, "--quiet"];
  const model = ["--model", MODEL, "--data", "data/diabetes.csv"];
  for (
    const [args, repair] of [
      [["check", "--width", "100000000"], "a smaller --width"],
      [["check", "--workers", "100000", "--seeds", "100000"], "fewer --workers"],
      [["check", "--seeds", "100000000000"], "fewer --seeds"],
      [["fit", "--width", "100000000"], "a smaller --width"],
      [["fit", "--workers", "100000"], "--workers"],
      [["compare", "--widths", "8,100000000"], "smaller --widths"],
      [["spectrum", ...model, "--probes", "100000000"], "fewer --probes"],
      [["surface", ...model, "--steps", "100000"], "fewer --steps"],
      [["sweep", "--config", design, "--workers", "100000"], "fewer --workers"],
      [["worker", "--store", "postgres://nobody@127.0.0.1:1/none", "--workers", "100000"], "fewer --workers"],
    ] as const
  ) {
    const { code, stdout, stderr } = await runHere([...args, ...args[0] === "worker" ? [] : out]);
    assertEquals([code, stdout], [2, ""], `${args.join(" ")}: ${stderr}`);
    assertStringIncludes(stderr, "GB of memory or more, and ".replace("GB", stderr.includes("TB") ? "TB" : "GB"));
    assertStringIncludes(stderr, repair);
    assertEquals(namesIn(folder.path), []);
  }
});

Deno.test("check asks the machine where it may, and neither asks nor prompts where it may not", async () => {
  const args = ["check", "--width", "100000000", "--quiet"];
  const files = ["--no-check", "--allow-read", "--allow-write"];
  const [asks, denied] = await Promise.all(
    ["--allow-sys=systemMemoryInfo", "--deny-sys"].map((more) => runApart(args, [...files, more])),
  );
  assertStringIncludes(asks.stderr, "and this machine has ");
  assertStringIncludes(denied.stderr, "and the limit is 16 GB where the program may not ask the machine");
});
