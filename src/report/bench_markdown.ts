import type { KernelsName } from "../kernels/mod.ts";
import type { BenchKernel, BenchReport, Sampled } from "./bench.ts";

/**
 * A bench as Markdown: the machine, then a table for steps, kernels and the rest.
 *
 * @param report The figures.
 * @returns The text, with a final line end.
 * @example A product at 30 GFLOP/s, of a peak of 50
 * ```ts
 * import { assertMatch } from "@std/assert";
 * const sampled = { best: 2, spread: 0.1 };
 * const gemm = {
 *   name: "gemm", variant: "NN", dtype: "f32", m: 64, n: 64, k: 64, kernels: "simd", us: 2, ...sampled, gflops: 30, gbPerSecond: null,
 *   fractionOfPeak: 0.6, ratioToJs: 12,
 * } as const;
 * const report = {
 *   schema: "resland/bench@1", date: "2026-01-02T03:04:05.678Z", quick: true,
 *   environment: { deno: "2.9.6", v8: "15.0", os: "linux", arch: "x86_64", cores: 2 },
 *   peak: { f32: 50, f64: 25 }, peakAllCores: { f32: 100, f64: 50 }, bandwidth: { cache: 100, memory: 20 }, callOverhead: [],
 *   kernels: [gemm], steps: [], spectrum: [], baseline: [], check: { seeds: 1, workers: 1, seconds: 1 },
 * } as const;
 * assertMatch(benchMarkdown(report), /gemm NN +\| 64x64x64 +\| f32 +\| - +\| 30\.0 \(0\.60\)/);
 * ```
 */
export function benchMarkdown(report: BenchReport): string {
  const blocks = [
    ...preamble(report).map(wrapped),
    stepTable(report),
    table(["kernel", "m x n x k", "dtype", "relaxed", "simd", "js", "/js", "simd/js"], kernelRows(report.kernels)),
    wrapped(
      "Kernels: GFLOP/s and the fraction of the peak, or, for those that move bytes, GB/s and the fraction of the copy in the " +
        "nearest caches.",
    ),
    otherTable(report),
  ];
  return blocks.flatMap((lines) => [...lines, ""]).join("\n");
}

/** The machine, and how the figures are to be read. */
function preamble({ date, quick, environment, peak, peakAllCores, bandwidth, callOverhead }: BenchReport) {
  const { deno, v8, os, arch, cores } = environment;
  const calls = callOverhead.map(({ kernels, ns }) => `${fixed(ns)} ns (${kernels})`).join(", ");
  return [
    `${date.slice(0, 10)}, ${cores} cores, ${os} ${arch}, Deno ${deno} (V8 ${v8})${quick ? ", quick bench" : ""}.`,
    `Peak of fused multiply-adds between registers: ${fixed(peak.f32)} GFLOP/s in f32, ${
      fixed(peak.f64)
    } in f64 on one core; ` +
    `${fixed(peakAllCores.f32)} and ${fixed(peakAllCores.f64)} on all. A copy moves ${
      fixed(bandwidth.cache)
    } GB/s in the ` +
    `nearest caches, ${fixed(bandwidth.memory)} in memory. A call that does nothing takes ${calls}.`,
    "Fractions and ratios compare best samples; times are median (best), the middle half of the samples in percent. " +
    "Speeds are compared to those of js, and to those of one thread.",
  ];
}

const stepTable = ({ steps }: BenchReport): readonly string[] =>
  table(
    ["step", "kernels", "threads", "µs", "spread", "GFLOP/s", "of peak", "to js", "to one"],
    steps.map((step) => [
      `${step.case} ${step.dtype}`,
      step.kernels,
      String(step.workers),
      time(step.usPerStep, step),
      percent(step.spread),
      fixed(step.gflops),
      step.fractionOfPeak.toFixed(2),
      ratio(step.ratioToJs),
      ratio(step.ratioToOne),
    ]),
  );

const otherTable = ({ spectrum, baseline, check }: BenchReport): readonly string[] =>
  table(
    ["what", "size", "ms"],
    [
      ...spectrum.map((one) => ["exact (w, V) spectrum", `d ${one.d}, k ${one.k}, n ${one.n}`, time(one.ms, one)]),
      ...baseline.map((one) => [`best linear predictor, ${one.loss}`, `n ${one.n}, d ${one.d}`, time(one.ms, one)]),
      ["check", `${check.seeds} seeds, ${check.workers} workers`, fixed(1000 * check.seconds)],
    ],
  );

/** Characters of a line of prose, at most; tables are no wider with the sizes that the bench has. */
const WIDTH = 100;

/** A text in lines. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The implementations of one kernel at one size, side by side. */
function kernelRows(kernels: readonly BenchKernel[]): readonly (readonly string[])[] {
  const rows = Map.groupBy(
    kernels,
    ({ name, variant, dtype, m, n, k }) => [`${name} ${variant}`.trim(), `${m}x${n}x${k}`, dtype].join("|"),
  );
  return [...rows].map(([key, entries]) => {
    const of = (name: KernelsName) => entries.find(({ kernels }) => kernels === name);
    const speed = (one: BenchKernel | undefined) =>
      one ? `${fixed((one.gflops ?? one.gbPerSecond)!)} (${one.fractionOfPeak.toFixed(2)})` : "-";
    const [relaxed, simd, js] = [of("relaxed"), of("simd"), of("js")];
    return [
      ...key.split("|"),
      speed(relaxed),
      speed(simd),
      speed(js),
      ratio(relaxed?.ratioToJs ?? null),
      ratio(simd?.ratioToJs ?? null),
    ];
  });
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [header, ...rows];
  const widths = header.map((_, j) => Math.max(3, ...all.map((row) => row[j].length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, j) => cell.padEnd(widths[j])).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
}

/** Three digits, and no exponent. */
function fixed(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

const time = (median: number, { best }: Sampled): string => `${fixed(median)} (${fixed(best)})`;
const percent = (share: number): string => `${Math.round(100 * share)} %`;
const ratio = (value: number | null): string => value === null ? "-" : fixed(value);
