import * as Plot from "npm:@observablehq/plot@0.6.17";
import type { BenchReport } from "../bench.ts";
import { svgDocument, svgFile } from "./_svg_document.ts";

/** A measured point of the chart. */
interface RooflinePoint {
  /** Operations per byte that must be moved at least once. */
  readonly intensity: number;
  /** GFLOP/s. */
  readonly speed: number;
  /** Which implementation. */
  readonly kernels: string;
  /** The size. */
  readonly label: string;
}

const KERNELS = ["relaxed", "simd", "js"] as const;

/** Operations per byte at both ends of the chart. */
const [LOW, HIGH] = [0.125, 256];

/**
 * The roofline of matrix products in f32: speed over operations per byte, below the roofs that the peak and the bandwidths
 * of the machine set. A product of [m, k] by [k, n] must move `4 (m k + k n + m n)` bytes.
 *
 * @param report The figures of a bench.
 * @returns A file in SVG.
 * @example The roofs are there in words too
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
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
 * const svg = rooflineSvg(report);
 * assertStringIncludes(svg, "the roofs are 50.0 GFLOP/s, 100 GB/s in the nearest caches and 20 GB/s in memory.");
 * ```
 */
export function rooflineSvg(report: BenchReport): string {
  const { peak, bandwidth, environment } = report;
  const points = pointsOf(report);
  const chart = Plot.plot({
    document: svgDocument(),
    width: 800,
    height: 480,
    marginLeft: 60,
    marginRight: 40,
    x: { type: "log", base: 2, label: "operations per byte", domain: [LOW, HIGH], tickFormat: String, grid: true },
    y: { type: "log", label: "GFLOP/s", domain: [0.5, 2 * peak.f32], tickFormat: String, grid: true },
    color: { domain: KERNELS, range: ["#1b6ca8", "#2e9e6b", "#c2571a"] },
    symbol: { domain: KERNELS },
    marks: [...roofs(report), ...measured(points), legend()],
  });
  return svgFile(
    chart,
    "Matrix products in f32 under the roofline",
    `Speed against operations per byte of matrix products by the relaxed, simd and js kernels on ${environment.os} ` +
      `${environment.arch}; the roofs are ${peak.f32.toFixed(1)} GFLOP/s, ${bandwidth.cache.toFixed(0)} GB/s in the ` +
      `nearest caches and ${bandwidth.memory.toFixed(0)} GB/s in memory.`,
  );
}

/** The matrix products in f32. */
function pointsOf({ kernels }: BenchReport): readonly RooflinePoint[] {
  return kernels
    .filter(({ dtype, gflops, name }) => dtype === "f32" && gflops !== null && (name === "gemm" || name === "gemv"))
    .map(({ m, n, k, gflops, kernels }) => ({
      intensity: 2 * m * n * k / (4 * (m * k + k * n + m * n)),
      speed: gflops!,
      kernels,
      label: `${m} x ${n} x ${k}`,
    }));
}

/** The peak, and the slopes of both bandwidths up to it, each with its name. */
function roofs({ peak, bandwidth }: BenchReport): readonly Plot.Markish[] {
  const roof = (gigabytes: number) => {
    const knee = Math.min(HIGH, Math.max(LOW, peak.f32 / gigabytes));
    return [LOW, knee, HIGH].map((intensity) => ({ intensity, speed: Math.min(peak.f32, gigabytes * intensity) }));
  };
  return [
    Plot.line(roof(bandwidth.cache), { x: "intensity", y: "speed", stroke: "#444", strokeWidth: 1.5 }),
    Plot.line(roof(bandwidth.memory), { x: "intensity", y: "speed", stroke: "#444", strokeDasharray: "4 3" }),
    Plot.text([[HIGH, peak.f32]], {
      text: () => `peak ${peak.f32.toFixed(1)} GFLOP/s`,
      textAnchor: "end",
      dy: -8,
    }),
    Plot.text([[peak.f32 / bandwidth.cache, peak.f32]], {
      text: () => `nearest caches, ${bandwidth.cache.toFixed(0)} GB/s`,
      dy: -8,
    }),
    Plot.text([[LOW, bandwidth.memory * LOW]], {
      text: () => `memory, ${bandwidth.memory.toFixed(0)} GB/s`,
      textAnchor: "start",
      dx: 6,
      dy: 12,
    }),
  ];
}

/** The points, and the sizes of those of plain JavaScript, which lie lowest. */
function measured(points: readonly RooflinePoint[]): readonly Plot.Markish[] {
  const labelled = spaced(points.filter(({ kernels }) => kernels === "js"));
  const at = { x: "intensity", y: "speed" };
  return [
    Plot.dot(points, { ...at, fill: "kernels", symbol: "kernels", r: 4 }),
    Plot.text(labelled, { ...at, text: "label", dy: 16, fontSize: 10, fill: "#444" }),
  ];
}

/** The names of the kernels in their colours, at the right. */
function legend(): Plot.Markish {
  const names = KERNELS.map((kernels, i) => ({ kernels, intensity: HIGH, speed: 0.6 * 1.35 ** (2 - i) }));
  return Plot.text(names, {
    x: "intensity",
    y: "speed",
    text: "kernels",
    fill: "kernels",
    textAnchor: "end",
    fontWeight: "bold",
  });
}

/** From the left, the points that stand far enough from the last one kept for their labels not to meet. */
function spaced(points: readonly RooflinePoint[]): readonly RooflinePoint[] {
  const kept: RooflinePoint[] = [];
  for (const point of points.toSorted((a, b) => a.intensity - b.intensity)) {
    const last = kept.at(-1);
    if (!last || point.intensity > 2.5 * last.intensity) kept.push(point);
  }
  return kept;
}
