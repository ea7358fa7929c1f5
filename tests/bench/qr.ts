/**
 * `deno run --no-prompt --allow-read tests/bench/qr.ts [rows] [columns]`: the factor of a table (5,000 x 1,000 unless given) on one thread and on two, from
 * rows in kernel memory to the triangle with its condition, and whether both give the same bits; then Cholesky and the
 * product with a triangle's inverse. In f64, GFLOP/s and as a fraction of the peak of one core, best of alternating rounds.
 *
 * @module
 */
import { createMemory, type Kernels, loadKernels, shareKernels, SOLVE_WORK } from "../../src/kernels/mod.ts";
import { type Factor, factorOf, type RowSource } from "../../src/tensor/mod.ts";
import { timeInTurns } from "../../tasks/bench/measure.ts";
import { peakJob, peakOperations } from "../../tasks/bench/peak.ts";
import { startWorker } from "../../tasks/workers/start_worker.ts";

const ROUNDS = 9;

/** Rows of the table that are there; a taller one has them again and again. */
const DISTINCT = 5000;

/** Reproducible rows, in kernel memory. */
function rowsOf({ memory, f64 }: Kernels, n: number, d: number): RowSource {
  const distinct = Math.min(n, DISTINCT);
  const table = memory.allocate(distinct * d * 8);
  const view = memory.view("f64", table, distinct * d);
  // A linear congruence: fast, and without the low rank that a sequence of multiples would have.
  let state = 1;
  for (let i = 0; i < view.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    view[i] = state / 2 ** 31 - 1;
  }
  return {
    rows: n,
    cols: d,
    write(from, count, to, ld) {
      for (let i = 0; i < count; i++) f64.copy(d, table + ((from + i) % distinct) * d * 8, to + i * ld * 8);
    },
  };
}

async function main(): Promise<void> {
  const [n, d] = [Number(Deno.args[0] ?? 5000), Number(Deno.args[1] ?? 1000)];
  const memory = createMemory({
    shared: true,
    megabytes: Math.ceil((Math.min(n, DISTINCT) * d + 12 * d * d) * 8 / 2 ** 20) + 100,
  });
  const alone = await loadKernels("relaxed", memory);
  using shared = shareKernels(alone, 2);
  const second = startWorker("kernels");
  second.postMessage({ plan: shared.plan, part: 1 });
  const rows = rowsOf(alone, n, d);
  const cholesky = await choleskyOf(d);
  const solve = await solveOf(d);
  const times = { one: [] as number[], two: [] as number[], cholesky: [] as number[], solve: [] as number[] };
  let same = true;
  for (let round = 0; round < ROUNDS; round++) {
    const found: Factor[] = [];
    times.one.push(await secondsOf(() => void found.push(factorOf(alone, rows))));
    times.two.push(await secondsOf(() => void found.push(factorOf(shared.kernels, rows))));
    same &&= found[0].T.data.every((entry, at) => entry === found[1].T.data[at]);
    times.cholesky.push(await secondsOf(cholesky));
    times.solve.push(await secondsOf(solve));
    // The second thread loads while the first rounds run.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  second.terminate();
  const timings = timeInTurns([await peakJob("f64")], 100);
  const peak = peakOperations("f64") / timings.get("peak")!.best / 1000;
  console.log(`peak of one core          ${peak.toFixed(1)} GFLOP/s`);
  const report = (name: string, operations: number, seconds: readonly number[]) => {
    const rate = operations / Math.min(...seconds) / 1e9;
    console.log(
      `${name.padEnd(26)}${rate.toFixed(1)} GFLOP/s, ${(rate / peak).toFixed(2)} of the peak, ${
        (1000 * Math.min(...seconds)).toFixed(1)
      } ms`,
    );
  };
  const operations = 2 * n * d * d - 2 / 3 * d ** 3;
  report(`QR ${n} x ${d}`, operations, times.one);
  report("  on two threads", operations, times.two);
  console.log(
    `  two against one         ${(Math.min(...times.one) / Math.min(...times.two)).toFixed(2)}, ${
      same ? "the same bits" : "NOT the same bits"
    }`,
  );
  report(`Cholesky of order ${d}`, d ** 3 / 3, times.cholesky);
  report(`X T^-1, ${d} x ${d}`, d ** 3, times.solve);
}

/** A factorisation of `I + 11'/d`, a copy included. */
async function choleskyOf(d: number): Promise<() => void> {
  const { memory, f64 } = await loadKernels("relaxed");
  const [a, l, work] = [d * d, d * d, SOLVE_WORK].map((length) => memory.allocate(length * 8));
  memory.view("f64", a, d * d).fill(1 / d);
  for (let i = 0; i < d; i++) memory.view("f64", a + i * (d + 1) * 8, 1)[0] = 1 + 1 / d;
  return () => {
    f64.copy(d * d, a, l);
    if (f64.cholesky(d, l, d, work) !== 0) throw new RangeError("Cannot factor: a pivot is not above 0");
  };
}

/** `X T^-1` for a triangle near the identity, a copy included. */
async function solveOf(d: number): Promise<() => void> {
  const { memory, f64 } = await loadKernels("relaxed");
  const [x, y, t, work] = [d * d, d * d, d * d, SOLVE_WORK].map((length) => memory.allocate(length * 8));
  memory.view("f64", x, d * d).forEach((_, i, all) => all[i] = Math.cos(i));
  memory.view("f64", t, d * d).fill(1 / d);
  for (let i = 0; i < d; i++) memory.view("f64", t + i * (d + 1) * 8, 1)[0] = 1;
  return () => {
    f64.copy(d * d, x, y);
    f64.solveRight(d, d, t, d, y, d, work);
  };
}

async function secondsOf(run: () => void | Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1000;
}

if (import.meta.main) await main();
