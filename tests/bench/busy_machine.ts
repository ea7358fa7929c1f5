/**
 * `deno run --no-prompt --allow-read --allow-run=deno tests/bench/busy_machine.ts [f64] [S1 S2 ...]`, by hand: the training steps
 * of `deno task bench`, and of the tables `wide` and `digits` of `scale.ts`, on one thread, on two, and on two that share every step come what may, in turns, on a quiet machine and with a busy loop on one of its cores.
 * Means over whole turns, since what a busy machine takes comes in lumps. Ends its busy loop itself.
 */
import { createMemory, type Dtype, loadKernels, shareKernels } from "../../src/kernels/mod.ts";
import { startHelpers } from "../../tasks/workers/kernel_threads.ts";
import { prepareStep, STEP_CASES, type StepCase } from "../../tasks/bench/step_cases.ts";
import { denoCommand } from "../support/deno_command.ts";

/** A turn lasts this long [ms]: many slices of the scheduler. */
const TURN = 60;

/** Turns of each. */
const TURNS = 30;

/** A turn of each before they count, and the time in which a crew finds out what is best for it. */
const WARM_TURNS = 4;

/** Nothing but work, on one core; ends after two minutes even if nobody ends it. */
const BUSY = "const end = Date.now() + 120_000; while (Date.now() < end);";

/** A busy loop in a process of its own; disposing it ends it. */
function startBusyLoop(): Disposable {
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const process = denoCommand({ args: ["eval", BUSY], ...streams }).spawn();
  return { [Symbol.dispose]: () => process.kill("SIGKILL") };
}

/** Microseconds of a run: the mean over a turn. */
function turnOf(run: () => void): number {
  const start = performance.now();
  let [runs, took] = [0, 0];
  do {
    run();
    runs++;
    took = performance.now() - start;
  } while (took < TURN);
  return 1000 * took / runs;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A step on two threads, by measure or whatever it costs. */
async function onTwo(one: StepCase, dtype: Dtype, sharing: { readonly now?: null }) {
  const kernels = await loadKernels("relaxed", createMemory({ shared: true }));
  const shared = shareKernels(kernels, 2, sharing);
  const helpers = startHelpers(shared.plan);
  const members = new Int32Array(shared.plan.control);
  while (members[4] === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const step = prepareStep(one, shared.kernels, dtype, 0);
  const end = () => {
    step.batches[Symbol.dispose]();
    shared[Symbol.dispose]();
    helpers[Symbol.dispose]();
  };
  return { run: step.run, [Symbol.dispose]: end };
}

/** Microseconds of a step on one thread, on two that may go on alone, and on two that share every step. */
async function measure(one: StepCase, dtype: Dtype): Promise<readonly number[]> {
  const alone = prepareStep(one, await loadKernels("relaxed"), dtype);
  using measured = await onTwo(one, dtype, {});
  using always = await onTwo(one, dtype, { now: null });
  const runs = [alone.run, measured.run, always.run];
  const times: number[][] = runs.map(() => []);
  for (let turn = -WARM_TURNS; turn < TURNS; turn++) {
    // Each is the first of a round as often as the others.
    for (let index = 0; index < runs.length; index++) {
      const at = (turn + WARM_TURNS + index) % runs.length;
      const took = turnOf(runs[at]);
      if (turn >= 0) times[at].push(took);
    }
  }
  alone.batches[Symbol.dispose]();
  return times.map(mean);
}

const dtype: Dtype = Deno.args.includes("f64") ? "f64" : "f32";
const all: readonly StepCase[] = [
  ...STEP_CASES,
  { name: "wide", d: 1001, k: 32, layers: 1, batch: 64 },
  { name: "digits", d: 785, k: 32, layers: 1, batch: 64, outputs: 10 },
];
const named = all.filter(({ name }) => Deno.args.includes(name));
const cases = named.length > 0 ? named : all.filter(({ name }) => name !== "S4");
const line = (cells: readonly string[]) => console.log(cells.map((cell) => cell.padStart(12)).join(""));

line(["", "machine", "one [us]", "two [us]", "two / one", "always/one"]);
for (const one of cases) {
  for (const machine of ["quiet", "busy"]) {
    using _busy = machine === "busy" ? startBusyLoop() : null;
    const [single, both, always] = await measure(one, dtype);
    const [ratio, otherwise] = [both / single, always / single].map((value) => value.toFixed(2));
    line([`${one.name} ${dtype}`, machine, single.toFixed(1), both.toFixed(1), ratio, otherwise]);
  }
}
Deno.exit(0);
