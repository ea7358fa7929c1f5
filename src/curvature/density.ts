import type { Kernels } from "../kernels/mod.ts";
import { type Key, split } from "../random/mod.ts";
import { eigen, type Vector } from "../tensor/mod.ts";
import { checkWhole } from "./_check.ts";
import { finish } from "../tensor/internal.ts";
import { type Krylov, krylov, projectionOf, unit } from "./_krylov.ts";
import { meanOf, randomSigns } from "./_sample.ts";
import type { SymmetricOperator } from "./operator.ts";

/** How far the grid reaches beyond the extreme nodes, in widths: six parts in ten million of a node's mass lie outside. */
const REACH = 5;

/** Nodes closer together than this, as a share of the largest, count as one. */
const ONE_POINT = 1e-8;

/** The least width, as a share of the largest node: points of the grid must differ by far more than rounding. */
const LEAST_WIDTH = 1e-10;

/** The density of a spectrum, smoothed, with what is known about it. */
export interface SpectralDensity {
  /** The grid [points], ascending and even. */
  readonly at: Vector;
  /** The density on the grid: the mean over the probes. */
  readonly density: Vector;
  /** The density less two standard errors over the probes, at least 0. */
  readonly low: Vector;
  /** The density plus two standard errors over the probes. */
  readonly high: Vector;
  /** The standard deviation of the Gaussians that smooth it. */
  readonly width: number;
  /** An estimate of the mean eigenvalue, `trace / size`, from the same probes. */
  readonly mean: number;
  /** The standard error of that mean. */
  readonly meanError: number;
  /** The integral of the density over the grid by the trapezoidal rule: 1 to within 1e-6. */
  readonly integral: number;
}

/** How {@linkcode spectralDensity} samples and smooths. */
export interface DensityOptions {
  /** Random vectors, 2 or more (default 10): the band narrows with their square root. */
  readonly probes?: number;
  /** The most products for each probe (default 80): how much of the shape is seen. */
  readonly steps?: number;
  /** Points of the grid, 2 or more (default 400). */
  readonly points?: number;
  /** The standard deviation of the Gaussians (default: a hundredth of the range of the nodes). */
  readonly width?: number;
}

/** A discrete measure: masses at nodes. */
interface Measure {
  readonly nodes: Vector;
  readonly weights: Vector;
}

/**
 * The density of the spectrum of a symmetric matrix that is known only by its products: stochastic Lanczos quadrature.
 * For a unit vector v the measure with masses `(q_i'v)²` at the eigenvalues has, over random signs v, the spectrum's own
 * density `(1/size) sum_i delta(lambda - lambda_i)` as its mean. Lanczos from v gives its Gauss quadrature: the
 * eigenvalues `theta_j` of the tridiagonal T are the nodes, the squared first components of the eigenvectors the masses
 * `tau_j`, exact for polynomials of degree `2 steps - 1`. Gaussians of standard deviation `width` smooth it:
 * `mean over the probes of sum_j tau_j exp(-(t - theta_j)² / (2 width²)) / (width sqrt(2 pi))`.
 *
 * The band holds what other probes might have given; it does not hold what too few steps or the width blur. A single
 * eigenvalue has the mass 1/size, so a few far out show as small bumps: find those with {@linkcode extremeEigenvalues}.
 * Sources: S. Ubaru, J. Chen, Y. Saad, "Fast Estimation of tr(f(A)) via Stochastic Lanczos Quadrature", SIAM Journal on
 * Matrix Analysis and Applications 38 (2017); B. Ghorbani, S. Krishnan, Y. Xiao, "An Investigation into Neural Net
 * Optimization via Hessian Eigenvalue Density", ICML 2019.
 * Cost: `probes min(steps, size)` products, `4 probes steps² size` flops and a memory of `steps` vectors.
 *
 * @param kernels The kernels that solve the small eigenproblems.
 * @param apply The symmetric matrix A.
 * @param size Its order.
 * @param key Where the random signs come from; same key, same bits. The i-th probe does not depend on how many there are.
 * @param options Probes, steps, and the grid.
 * @returns The density on a grid that reaches five widths beyond the extreme nodes, its band, and its mean.
 * @throws {RangeError} If a product has NaN or infinite entries, or an option is out of range, or the points of the grid
 * would lie more than one width apart.
 * @throws {ShapeError} If a product has another length.
 * @example Half of the eigenvalues are 1, half are 2
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { key, loadKernels } from "@resland/resland";
 * const twoValues = (v: Float64Array) => v.map((value, i) => i % 2 === 0 ? value : 2 * value);
 * const { at, density, integral, mean } = spectralDensity(await loadKernels("simd"), twoValues, 100, key(1));
 * assertAlmostEquals(integral, 1, 1e-6);
 * assertAlmostEquals(mean, 1.5, 1e-12);
 * const below = density.reduce((sum, value, i) => at[i] < 1.5 ? sum + value * (at[1] - at[0]) : sum, 0);
 * assertAlmostEquals(below, 0.5, 1e-6);
 * ```
 */
export function spectralDensity(
  kernels: Kernels,
  apply: SymmetricOperator,
  size: number,
  key: Key,
  options: DensityOptions = {},
): SpectralDensity {
  return finish(findSpectralDensity(kernels, apply, size, key, options));
}

/**
 * {@linkcode spectralDensity} product by product, so that a caller can stop it.
 *
 * @param kernels The kernels that solve the small eigenproblems.
 * @param apply The symmetric matrix A.
 * @param size Its order.
 * @param key Where the random signs come from; same key, same bits.
 * @param options Probes, steps, and the grid.
 * @returns A generator that yields the number of probes that are done, and returns the density.
 * @throws {RangeError} If a product has NaN or infinite entries, or an option is out of range.
 * @throws {ShapeError} If a product has another length.
 * @example To the end
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { key, loadKernels } from "@resland/resland";
 * const steps = findSpectralDensity(await loadKernels("simd"), (v) => v.map((value, i) => i * value), 5, key(1));
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertAlmostEquals(step.value.mean, 2, 1e-12);
 * ```
 */
export function* findSpectralDensity(
  kernels: Kernels,
  apply: SymmetricOperator,
  size: number,
  key: Key,
  options: DensityOptions = {},
): Generator<number, SpectralDensity> {
  const task = "estimate a spectral density";
  const { probes = 10, steps = 80, points = 400 } = options;
  checkWhole(task, "the size", size, 1);
  checkWhole(task, "the number of probes", probes, 2);
  checkWhole(task, "the number of steps", steps, 1);
  checkWhole(task, "the number of points", points, 2);
  const measures: Measure[] = [];
  for (const own of split(key, probes)) {
    measures.push(yield* quadrature(kernels, apply, randomSigns(own, size), steps, measures.length));
  }
  const { at, width } = gridOf(task, measures, points, options.width);
  const curves = measures.map((measure) => smoothed(measure, at, width));
  const bands = Array.from(at, (_, i) => meanOf(curves.map((curve) => curve[i])));
  const density = Float64Array.from(bands, ({ mean }) => mean);
  const { mean, error } = meanOf(
    measures.map(({ nodes, weights }) => nodes.reduce((sum, node, j) => sum + weights[j] * node, 0)),
  );
  return Object.freeze({
    at,
    density,
    low: Float64Array.from(bands, (band) => Math.max(0, band.mean - 2 * band.error)),
    high: Float64Array.from(bands, (band) => band.mean + 2 * band.error),
    width,
    mean,
    meanError: error,
    integral: trapezoid(at, density),
  });
}

/** The Gauss quadrature of the measure that a start sees of the spectrum. */
function* quadrature(
  kernels: Kernels,
  apply: SymmetricOperator,
  start: Vector,
  steps: number,
  done: number,
): Generator<number, Measure> {
  let state: Krylov | null = null;
  for (state of krylov(apply, [unit(start)], () => null)) {
    yield done;
    if (state.columns.length === steps) break;
  }
  const { values, vectors } = eigen(kernels, projectionOf(state!));
  return { nodes: values, weights: values.map((_, j) => vectors.data[j * vectors.cols] ** 2) };
}

/** An even grid over all nodes and {@linkcode REACH} widths more on either side. */
function gridOf(
  task: string,
  measures: readonly Measure[],
  points: number,
  wanted: number | undefined,
): { readonly at: Vector; readonly width: number } {
  const least = Math.min(...measures.map(({ nodes }) => nodes[0]));
  const greatest = Math.max(...measures.map(({ nodes }) => nodes[nodes.length - 1]));
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  const range = greatest - least > ONE_POINT * size ? greatest - least : size > 0 ? size : 1;
  const width = wanted ?? range / 100;
  if (!(width > 0 && width >= LEAST_WIDTH * size && width < Infinity)) {
    throw new RangeError(`Cannot ${task}: the width must be above ${LEAST_WIDTH * size}, got ${width}`);
  }
  const from = least - REACH * width;
  const spacing = (greatest + REACH * width - from) / (points - 1);
  if (!(spacing <= width)) {
    const needed = 1 + Math.ceil(spacing * (points - 1) / width);
    throw new RangeError(`Cannot ${task}: a width of ${width} needs ${needed} points or more, got ${points}`);
  }
  return { at: Float64Array.from({ length: points }, (_, i) => from + i * spacing), width };
}

/** A measure convolved with a Gaussian, on a grid. */
function smoothed({ nodes, weights }: Measure, at: Vector, width: number): Vector {
  const scale = 1 / (width * Math.sqrt(2 * Math.PI));
  return at.map((t) =>
    scale * nodes.reduce((sum, node, j) => sum + weights[j] * Math.exp(-(((t - node) / width) ** 2) / 2), 0)
  );
}

function trapezoid(at: Vector, values: Vector): number {
  let sum = 0;
  for (let i = 1; i < at.length; i++) sum += (at[i] - at[i - 1]) * (values[i] + values[i - 1]) / 2;
  return sum;
}
