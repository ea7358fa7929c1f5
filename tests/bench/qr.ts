/**
 * `deno run --no-prompt --allow-read tests/bench/qr.ts [rows] [columns]`: QR of a table in pieces of rows (5,000 x 1,000 unless
 * given), on one thread and on two that each factor half of the rows, of which the first merges the triangles; then Cholesky and the
 * product with a triangle's inverse. In f64, GFLOP/s and as a fraction of the peak of one core, best of alternating rounds.
 *
 * @module
 */
import { type Kernels, loadKernels, qrWork, SOLVE_WORK } from "../../src/kernels/mod.ts";
import { timeInTurns } from "../../tasks/bench/measure.ts";
import { peakJob, peakOperations } from "../../tasks/bench/peak.ts";

const ROUNDS = 9;

/** Rows of a piece: 4 MB at 1,000 columns. */
const PIECE = 500;

/** Rows of a table in kernel memory, and what takes them into a triangle. */
interface Half {
  readonly kernels: Kernels;
  readonly triangle: number;
  readonly run: () => void;
}

/** Lays out `rows` reproducible rows of `d` columns, and a triangle for them. */
async function layOut(rows: number, d: number, salt: number): Promise<Half> {
  const kernels = await loadKernels("relaxed");
  const { memory, f64 } = kernels;
  const [table, piece, triangle, work] = [rows * d, PIECE * d, d * d, qrWork(PIECE, d)].map((length) =>
    memory.allocate(length * 8)
  );
  const view = memory.view("f64", table, rows * d);
  // A linear congruence: fast, and without the low rank that a sequence of multiples would have.
  let state = salt;
  for (let i = 0; i < view.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    view[i] = state / 2 ** 31 - 1;
  }
  return {
    kernels,
    triangle,
    run() {
      f64.fill(d * d, 0, triangle);
      for (let from = 0; from < rows; from += PIECE) {
        const count = Math.min(PIECE, rows - from);
        f64.copy(count * d, table + from * d * 8, piece);
        f64.qrUpdate(count, d, triangle, d, piece, d, work);
      }
    },
  };
}

/** The second thread: factors its half when asked to, and hands its triangle over in shared memory. */
function serve(): void {
  const scope = self as unknown as {
    onmessage: (event: MessageEvent) => void;
    postMessage: (message: unknown) => void;
  };
  let half: Half;
  let shared: Float64Array;
  scope.onmessage = async ({ data }) => {
    if (data.rows !== undefined) {
      shared = new Float64Array(data.shared);
      half = await layOut(data.rows, data.columns, 7);
    } else {
      half.run();
      shared.set(half.kernels.memory.view("f64", half.triangle, shared.length));
    }
    scope.postMessage(null);
  };
}

async function main(): Promise<void> {
  const [n, d] = [Number(Deno.args[0] ?? 5000), Number(Deno.args[1] ?? 1000)];
  const [whole, half] = [await layOut(n, d, 1), await layOut(Math.ceil(n / 2), d, 1)];
  const { memory, f64 } = half.kernels;
  const shared = new SharedArrayBuffer(d * d * 8);
  const [other, work] = [d * d, qrWork(d, d)].map((length) => memory.allocate(length * 8));
  const url = new URL(import.meta.url);
  url.searchParams.set("role", "second");
  const second = new Worker(url, { type: "module" });
  const ask = (message: unknown): Promise<void> =>
    new Promise((resolve) => {
      second.onmessage = () => resolve();
      second.postMessage(message);
    });
  await ask({ rows: Math.floor(n / 2), columns: d, shared });
  const merge = () => {
    memory.view("f64", other, d * d).set(new Float64Array(shared));
    f64.qrUpdate(d, d, half.triangle, d, other, d, work);
  };
  const inTwo = async () => {
    const done = ask({});
    half.run();
    await done;
    merge();
  };
  const cholesky = await choleskyOf(d);
  const solve = await solveOf(d);
  const times = { one: [] as number[], two: [] as number[], cholesky: [] as number[], solve: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.one.push(await secondsOf(() => whole.run()));
    times.two.push(await secondsOf(inTwo));
    times.cholesky.push(await secondsOf(cholesky));
    times.solve.push(await secondsOf(solve));
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
  console.log(`  two against one         ${(Math.min(...times.one) / Math.min(...times.two)).toFixed(2)}`);
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

// A worker's first module is its main one, too.
if (new URL(import.meta.url).searchParams.get("role") === "second") serve();
else if (import.meta.main) await main();
