/**
 * The command `bench`: the WebAssembly kernels compared with plain JavaScript and with the machine's peak.
 *
 * @module
 */
import { loadCharts } from "./_charts.ts";
import { flag, type HelpParts, parseOptions, text } from "../../src/cli/mod.ts";
import type { Dtype } from "../../src/kernels/mod.ts";
import { benchMarkdown, type BenchReport, type BenchStep } from "../../src/report/mod.ts";
import { checkOptions } from "./_check_options.ts";
import type { Command } from "./command.ts";
import { refuseOccupied, writeWhole } from "../io/files.ts";
import { Interrupted, onInterrupt, unlessInterrupted } from "../io/interrupt.ts";
import { takeFolder } from "../io/one_writer.ts";
import { type Progress, startProgress } from "../io/progress.ts";
import { startKernels } from "../workers/kernel_threads.ts";
import { startWorker } from "../workers/start_worker.ts";
import { measureCrews } from "../bench/crews.ts";
import type { Findings, Section } from "../bench/sections.ts";
import { perform } from "./check.ts";
import { clock, timeOfDay } from "../io/clock.ts";

const benchOptions = {
  quick: flag("Fewer sizes and samples: under 30 seconds"),
  out: text(
    "FOLDER",
    "Output folder for bench.json, bench.md and roofline.svg; must be new or empty (default: not saved)",
  ),
  json: flag("Print the figures as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

const about: HelpParts = {
  name: "bench",
  summary:
    "Times every kernel, whole training steps, the exact spectrum, the best linear predictor and a whole check. The " +
    "implementations take turns, sample by sample, and each section runs in a thread of its own. Fractions of the peak " +
    "and ratios compare the best samples; the median and the spread are given too. Other programs on the machine " +
    "make samples slower, never faster.",
  options: benchOptions,
  notes: [
    "`js` is plain TypeScript over typed arrays: loops ordered for the cache, matrix products four sums or rows " +
    "at a time, nothing allocated inside. Its source is src/kernels/js.",
    "Exit codes: 0 done; 2 bad usage; 3 interrupted, nothing is saved.",
  ],
  examples: [
    ["--quick", "the main figures"],
    ["--out runs/bench", "everything, with a table and a roofline chart"],
    ["--quick --json", "as JSON"],
  ],
};

/** The command. */
export const bench: Command = { about, run };

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, benchOptions);
  const { quick, out } = options;
  if (out !== null) await refuseOccupied(out);
  using interrupt = onInterrupt();
  const report = await measure(quick, startProgress(options.quiet), interrupt.signal);
  const markdown = benchMarkdown(report);
  const json = `${JSON.stringify(report, null, 2)}\n`;
  if (out !== null) {
    const { rooflineSvg } = await loadCharts();
    await takeFolder(out);
    await writeWhole(`${out}/roofline.svg`, rooflineSvg(report));
    await writeWhole(`${out}/bench.md`, markdown);
    await writeWhole(`${out}/bench.json`, json);
  }
  console.log(options.json ? json.trimEnd() : markdown.trimEnd());
  if (out !== null && !options.json && !options.quiet) console.log(`\nSaved in ${out}`);
  return 0;
}

const DTYPES: readonly Dtype[] = ["f32", "f64"];

/** Every section, one after the other, since two at a time would disturb each other. */
async function measure(quick: boolean, progress: Progress, signal: AbortSignal): Promise<BenchReport> {
  const cores = navigator.hardwareConcurrency;
  const sections = cores > 1 ? 12 : 10;
  let done = 0;
  const step = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
    progress.update(done++ / sections, label);
    return await unlessInterrupted(work(), signal);
  };
  const peaks = (dtype: Dtype, count: number) =>
    step(`peak of ${count === 1 ? "one core" : `${count} cores`}, ${dtype}`, async () => {
      const section = { kind: "peak", dtype, quick } as const;
      const speeds = await Promise.all(Array.from({ length: count }, () => inThread(section, signal)));
      return speeds.reduce((sum, speed) => sum + speed, 0);
    });
  const both = async <T>(work: (dtype: Dtype) => Promise<T>): Promise<Record<Dtype, T>> => ({
    f32: await work("f32"),
    f64: await work("f64"),
  });
  const peak = await both((dtype) => peaks(dtype, 1));
  const peakAllCores = await both((dtype) => peaks(dtype, cores));
  const kernels = await both((dtype) =>
    step(`kernels, ${dtype}`, () => inThread({ kind: "kernels", dtype, quick }, signal))
  );
  const steps = await both((dtype) => step(`steps, ${dtype}`, () => inThread({ kind: "steps", dtype, quick }, signal)));
  const crews: BenchStep[] = [];
  if (cores > 1) {
    for (const dtype of DTYPES) {
      crews.push(
        ...await step(
          `steps on all cores, ${dtype}`,
          () => measureCrews({ dtype, workers: cores, quick, limit: peakAllCores[dtype], startKernels }),
        ),
      );
    }
  }
  const rest = await step("spectrum, baseline, calls", () => inThread({ kind: "rest", quick }, signal));
  const check = await step("a whole check", () => timeCheck(quick ? 1 : 8, cores));
  progress.done();
  return {
    schema: "resland/bench@1",
    date: timeOfDay(),
    quick,
    environment: {
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      os: Deno.build.os,
      arch: Deno.build.arch,
      cores,
    },
    peak,
    peakAllCores,
    ...rest,
    kernels: [...kernels.f32, ...kernels.f64],
    steps: [...steps.f32, ...steps.f64, ...crews],
    check,
  };
}

/** A section in a fresh thread: the engine's code for a function depends on its earlier calls. */
function inThread<S extends Section>(section: S, signal: AbortSignal): Promise<Findings[S["kind"]]> {
  const worker = startWorker("bench");
  return new Promise<Findings[S["kind"]]>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Interrupted()), { once: true });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`A section of the bench failed: ${event.message}`));
    };
    worker.postMessage(section);
  }).finally(() => worker.terminate());
}

/** `check` on the bundled table, from its arguments to its files, which are made but not written. */
async function timeCheck(seeds: number, workers: number): Promise<BenchReport["check"]> {
  const started = clock();
  const args = ["--seeds", String(seeds), "--workers", String(workers), "--quiet"];
  await perform(args, parseOptions(args, checkOptions), null);
  return { seeds, workers, seconds: (clock() - started) / 1000 };
}
