import { assert, assertEquals } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import { residentOf } from "../../src/objective/internal.ts";
import { prepareStep, STEP_CASES } from "../../tasks/bench/step_cases.ts";

/** Steps of a block, after each of which memory is looked at. */
const BLOCK = 10_000;

/** Blocks: a million steps in all. */
const BLOCKS = 100;

/**
 * Bytes by which the heap's low-water mark may rise in 900,000 steps: about one a step. The engine's own records move it by
 * some 100 KiB; an object kept at each step would take tens of megabytes.
 */
const GROWTH = 1 << 20;

Deno.test("a million steps of S1 keep memory flat, in the heap and in linear memory", async () => {
  const kernels = await loadKernels("simd");
  const { memory } = kernels;
  const { run, batches } = prepareStep(STEP_CASES[0], kernels, "f32");
  const heap: number[] = [];
  const linear = new Set<number>();
  for (let block = 0; block < BLOCKS; block++) {
    for (let step = 0; step < BLOCK; step++) run();
    // A collector runs when it likes, so what is in use goes up and down; what counts is how far down it comes.
    heap.push(Deno.memoryUsage().heapUsed);
    linear.add(memory.used).add(memory.wasm.buffer.byteLength);
  }
  assertEquals(linear.size, 2, "linear memory is as it was after the first block");
  const lowest = (from: number, to: number) => Math.min(...heap.slice(from, to));
  const growth = lowest(BLOCKS / 2, BLOCKS) - lowest(BLOCKS / 10, BLOCKS / 2);
  assert(growth < GROWTH, `the heap's low-water mark rose by ${growth} bytes`);
  const resident = residentOf(batches);
  assert(resident.read(resident.params).every(Number.isFinite));
});
