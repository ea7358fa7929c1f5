import { assert, assertEquals } from "@std/assert";
import { benchMarkdown } from "../../src/report/mod.ts";
import { benchReport } from "../support/bench_report.ts";

/** The cells of the rows that start with a text. */
const rowsOf = (markdown: string, start: string) =>
  markdown.split("\n").filter((line) => line.startsWith(`| ${start}`)).map((line) =>
    line.slice(1, -1).split("|").map((cell) => cell.trim())
  );

Deno.test("benchMarkdown() has a line per step, the implementations of a kernel side by side, and the rest", () => {
  const markdown = benchMarkdown(benchReport());
  assertEquals(rowsOf(markdown, "S2 f32"), [
    ["S2 f32", "relaxed", "1", "70.0 (1.00)", "25 %", "30.0", "0.60", "12.0", "-"],
    ["S2 f32", "relaxed", "2", "70.0 (1.00)", "25 %", "30.0", "0.30", "-", "1.50"],
  ]);
  assertEquals(rowsOf(markdown, "gemm NN"), [
    ["gemm NN", "64x64x32", "f32", "40.0 (0.80)", "30.0 (0.60)", "2.50 (0.05)", "16.0", "12.0"],
  ]);
  assertEquals(rowsOf(markdown, "check"), [["check", "2 seeds, 2 workers", "1500"]]);
  assert(markdown.startsWith("2026-01-02, 2 cores, linux x86_64, Deno 2.9.6 (V8 15.0), quick bench."));
});

Deno.test("benchMarkdown() writes tables whose rows have as many cells as their header", () => {
  const tables = benchMarkdown(benchReport()).split("\n\n").filter((part) => part.startsWith("|"));
  assertEquals(tables.length, 3);
  for (const table of tables) {
    const widths = table.trim().split("\n").map((line) => line.split("|").length);
    assertEquals(new Set(widths).size, 1);
  }
});

Deno.test("benchMarkdown() fits 100 columns, with the names and sizes that the bench has", () => {
  const report = benchReport();
  const [kernel] = report.kernels;
  const longest = {
    ...kernel,
    name: "softmax",
    variant: "TN",
    m: 1024,
    n: 1024,
    k: 1024,
    gflops: 123.4,
    gbPerSecond: null,
  };
  const [step] = report.steps;
  const slow = { ...step, usPerStep: 123_456, best: 123_456, ratioToJs: 12.3, ratioToOne: 1.23 };
  const baseline = { ...report.baseline[0], loss: "logistic", n: 100_000, d: 1000, ms: 12_345, best: 12_345 };
  const markdown = benchMarkdown({
    ...report,
    kernels: [
      ...report.kernels,
      ...["relaxed", "simd", "js"].map((kernels) => ({ ...longest, kernels } as typeof kernel)),
    ],
    steps: [slow],
    baseline: [baseline],
  });
  for (const line of markdown.split("\n")) assert(line.length <= 100, `${line.length}: ${line}`);
});
