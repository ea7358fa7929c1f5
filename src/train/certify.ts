import { findBestLinear, findRidgeOptimum, type LinearOptimum } from "../baseline/mod.ts";
import { type Claim, decideAll, measurePoint, type PointRecord, pointSentence, verdictOf } from "../claims/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import {
  createHeadObjective,
  type Evaluation,
  type FoundDescent,
  isReducible,
  lambdaMin,
  REDUCED_ORDER,
} from "../landscape/mod.ts";
import { type Ridge, ridgeOnColumns } from "../objective/mod.ts";
import { wayDown } from "./_way_down.ts";
import { EPSILON, RADIUS } from "./defaults.ts";
import { type HeadSource, headSource, rowsOf } from "./head_source.ts";
import { predictorOf } from "./settle.ts";
import { headOf } from "./starts.ts";
import type { FittedNetwork } from "./task.ts";
import { finish } from "../tensor/internal.ts";

/** How to certify. */
export interface CertifyOptions {
  /** The tolerance epsilon for stationary points (default 1e-6). */
  readonly epsilon?: number;
  /** Norm of the comparators where an infimum is not attained (default 100). */
  readonly radius?: number;
  /** The best linear predictor, where it is known already. */
  readonly linear?: LinearOptimum;
  /** min H, the best predictor on `[x f]`, where it is known already. */
  readonly featureOptimum?: LinearOptimum;
  /** The sums over the rows at the point, where they are known already. */
  readonly evaluation?: Evaluation;
  /** The rows of `[x f]`, when they are known already. */
  readonly rows?: HeadSource;
  /** The ridge that was trained with: value, gradient and both optima are then those of the loss plus the ridge (default none). */
  readonly ridge?: Ridge | null;
}

/** Everything that is known about a network at a point, from the network and the data alone. */
export interface CertifiedPoint {
  /** What was measured there. */
  readonly point: PointRecord;
  /** The best linear predictor. */
  readonly linear: LinearOptimum;
  /** min H. */
  readonly featureOptimum: LinearOptimum;
  /** For a point above linear: a direction along which F falls, tried out; null where there is none, or none was found. */
  readonly escape: FoundDescent | null;
  /** The claims, each with its status. */
  readonly claims: readonly Claim[];
  /** Over all claims. */
  readonly verdict: Claim["status"];
  /** The certificate in a few sentences. */
  readonly sentence: string;
}

/**
 * Certifies a network at a point: gap, gradient, the interval of the smallest Hessian eigenvalue, Theorems 1 to 3 and A, the convex certificates
 * and the best that the features allow, all in f64. Cost: the best predictors on x and on `[x f]`, and about twenty gradients.
 *
 * @param kernels The kernels to compute with.
 * @param fitted The network, its parameters, the loss and the data.
 * @param options What counts as stationary, how large comparators may be, and what is known already.
 * @returns The certificate.
 * @throws {ShapeError} If the parts do not fit each other.
 * @throws {InternalFault} Where the numbers contradict each other.
 * @example A linear predictor written as a network
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(0, 1, 2) };
 * const net = network(2, dense(2, 1));
 * const params = Float64Array.of(1, 1, 0, 0, 0, 0, 0);
 * const { point } = certifyPoint(await loadKernels("simd"), { net, params, loss: squared, examples });
 * assertEquals([point.standing, point.stationary], ["equal", true]);
 * ```
 */
export function certifyPoint(kernels: Kernels, fitted: FittedNetwork, options: CertifyOptions = {}): CertifiedPoint {
  return finish(certifySteps(kernels, fitted, options));
}

/**
 * {@linkcode certifyPoint} step by step, so that a caller can stop it.
 *
 * @param kernels The kernels to compute with.
 * @param fitted The network, its parameters, the loss and the data.
 * @param options As for {@linkcode certifyPoint}.
 * @returns A generator that yields as it works, and returns the certificate.
 * @throws {ShapeError} If the parts do not fit each other.
 * @throws {InternalFault} Where the numbers contradict each other.
 * @example To the end
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(0, 1, 2) };
 * const fitted = { net: network(2, dense(2, 1)), params: Float64Array.of(1, 1, 0, 0, 0, 0, 0), loss: squared, examples };
 * const steps = certifySteps(await loadKernels("simd"), fitted);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * assertEquals(step.value.verdict, "holds");
 * ```
 */
export function* certifySteps(
  kernels: Kernels,
  fitted: FittedNetwork,
  options: CertifyOptions = {},
): Generator<number, CertifiedPoint> {
  const { net, loss, examples } = fitted;
  const { d, outputs: m } = net;
  const { epsilon = EPSILON, radius = RADIUS, ridge = null } = options;
  using own = options.rows ? null : headSource(kernels, fitted);
  const { source, inputs } = options.rows ?? own!;
  const linear = options.linear ??
    (yield* ridge === null
      ? findBestLinear(kernels, loss, examples, { radius })
      : findRidgeOptimum(kernels, loss, rowsOf(inputs, examples), ridgeOnColumns(ridge, d, 0)));
  const head = headOf(net, fitted.params);
  const rows = rowsOf(source, examples);
  const start = predictorOf(head);
  const featureOptimum = options.featureOptimum ??
    (yield* ridge === null
      ? findBestLinear(kernels, loss, rows, { start, radius: Infinity })
      : findRidgeOptimum(kernels, loss, rows, ridgeOnColumns(ridge, d, net.k), start));
  using objective = createHeadObjective(kernels, { ...rows, d, loss, ridge });
  const at = options.evaluation ?? objective.at(head);
  yield 0;
  yield* objective.prepare(at, { hessian: isReducible(objective, at, REDUCED_ORDER) });
  const lambda = lambdaMin(objective, at);
  yield 0;
  const point = measurePoint(objective, at, lambda, { linear, featureOptimum }, epsilon);
  yield 0;
  const escape = wayDown(objective, at, lambda, point, linear);
  const claims = decideAll({ loss, points: [point], ends: [point], linear, outputs: m, inputs: d, promised: true });
  const context = { linear, outputs: m, inputs: d, convex: loss.convex, wayDown: escape, ridge: ridge !== null };
  return {
    point,
    linear,
    featureOptimum,
    escape,
    claims,
    verdict: verdictOf(claims),
    sentence: pointSentence(point, context),
  };
}
