import { bestLinear, type LinearBaseline } from "../baseline/mod.ts";
import { type Claim, GAP_TOLERANCE, SHAMIR, type Sides, verdictOf } from "../check/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import {
  assess,
  createPartialProblem,
  createVectorProblem,
  escape,
  headSpectrum,
  vectorCertificate,
  vectorSpectrum,
  vectorTheorem1,
  vectorWayDown,
} from "../landscape/mod.ts";
import { type AnyLoss, isJoint, type Loss } from "../loss/mod.ts";
import { type Network, partsOf } from "../nn/mod.ts";
import { createObjective, type Examples } from "../objective/mod.ts";
import { type Matrix, matrix, norm, type Vector } from "../tensor/mod.ts";

/** A network at a point, on data. */
export interface FittedNetwork {
  /** The network. */
  readonly net: Network;
  /** Its parameters. */
  readonly point: Vector;
  /** The loss. */
  readonly loss: AnyLoss;
  /** The data. */
  readonly examples: Examples;
}

/** How to certify. */
export interface CertifyOptions {
  /** What counts as stationary (default 1e-6). */
  readonly epsilon?: number;
  /** Norm of the comparators where an infimum is not attained (default 100). */
  readonly radius?: number;
  /** The best linear predictor, where it is known already. */
  readonly linear?: LinearBaseline;
  /** `f_theta(x)` [rows, k], where it is known already. */
  readonly features?: Matrix;
}

/** Everything that is known about a network at a point, from the file and the data alone. */
export interface CertifiedPoint {
  /** F. */
  readonly value: number;
  /** The best linear predictor. */
  readonly linear: LinearBaseline;
  /** F - F_lin. */
  readonly gap: number;
  /** `||grad||` over (w, V). */
  readonly gradientNorm: number;
  /** `||E[l' x]||`. */
  readonly sNorm: number;
  /** `||E[l' f]||`. */
  readonly rNorm: number;
  /** The smallest eigenvalue of the Hessian over (w, V), exact. */
  readonly lambdaMin: number;
  /** Its largest. */
  readonly lambdaMax: number;
  /** `||w||` (of W: Frobenius). */
  readonly wNorm: number;
  /** `||V||`, Frobenius. */
  readonly vNorm: number;
  /** Whether the gradient is at most epsilon and lambda_min at least -sqrt(mu2 epsilon); with several outputs -sqrt(epsilon). */
  readonly stationary: boolean;
  /** The convex certificate: the gap is at most the bound. */
  readonly certificate: { readonly bound: number; readonly holds: boolean };
  /** The best that these features allow, and how far above it F is. */
  readonly features: { readonly value: number; readonly gap: number };
  /** Theorem 1; null where w = 0, or W lacks a rank. */
  readonly theorem1: Sides | null;
  /** Theorem 2 at (0, V); null for several outputs. */
  readonly theorem2: Sides | null;
  /** Theorem 3: left is the bound on the gap; null where the loss is not smooth enough, and for several outputs. */
  readonly theorem3: Sides | null;
  /** For a point above linear: the way down. */
  readonly escape: WayDown | null;
  /** What is claimed, and how it came out. */
  readonly claims: readonly Claim[];
  /** Over all claims. */
  readonly verdict: Claim["status"];
}

/** A direction over (w, V) along which F falls. */
export interface WayDown {
  /** By the gradient, or by negative curvature. */
  readonly order: "first" | "second";
  /** The derivative of F along it. */
  readonly slope: number;
  /** The direction in w (W row after row). */
  readonly w: Vector;
  /** The direction in V [d, k], row after row. */
  readonly V: Vector;
}

/**
 * Certifies a network at a point: gap, gradient, exact smallest eigenvalue, Theorems 1 to 3, the convex certificate and the
 * features' optimum, all in f64.
 *
 * @param kernels The kernels to compute with.
 * @param fitted The network, its parameters, the loss and the data.
 * @param options What counts as stationary, and how large comparators may be.
 * @returns The certificate.
 * @throws {ShapeError} If the parts do not fit each other.
 * @example A linear predictor in network's clothing
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const examples = { x: matrix(3, 2, [1, -1, 1, 0, 1, 1]), y: Float64Array.of(0, 1, 2) };
 * const net = network(2, dense(2, 1));
 * const point = Float64Array.of(1, 1, 0, 0, 0, 0, 0);
 * const { gap, stationary } = certifyPoint(await loadKernels("simd"), { net, point, loss: squared, examples });
 * assertEquals([Math.abs(gap) < 1e-15, stationary], [true, true]);
 * ```
 */
export function certifyPoint(kernels: Kernels, fitted: FittedNetwork, options: CertifyOptions = {}): CertifiedPoint {
  const { net, loss, examples } = fitted;
  const linear = options.linear ?? bestLinear(kernels, loss, examples, options);
  const found = net.outputs === 1 && !isJoint(loss)
    ? certifyOne(kernels, { ...fitted, loss }, linear, options)
    : certifySeveral(kernels, fitted, linear, options);
  const claims = claimsOf(fitted, found, linear);
  return { ...found, linear, claims, verdict: verdictOf(claims) };
}

/**
 * The features `f_theta(x)` of a network on its data. Cost: one forward pass over the rows.
 *
 * @param kernels The kernels to compute with.
 * @param fitted The network, its parameters, the loss and the data; of the parameters only theta counts.
 * @returns The features [rows, k].
 * @throws {ShapeError} If the parts do not fit each other.
 * @example f(x) = 2x + 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dense, loadKernels, matrix, network, squared } from "@resland/resland";
 * const examples = { x: matrix(3, 1, [-1, 0, 1]), y: Float64Array.of(0, 1, 2) };
 * const fitted = { net: network(1, dense(1, 1)), point: Float64Array.of(0, 0, 2, 1), loss: squared, examples };
 * assertEquals(featuresAt(await loadKernels("simd"), fitted).data, Float64Array.of(-1, 1, 3));
 * ```
 */
export function featuresAt(kernels: Kernels, { net, point, loss, examples }: FittedNetwork): Matrix {
  using objective = createObjective(kernels, net, loss, examples);
  return objective.features(point);
}

type Measured = Omit<CertifiedPoint, "linear" | "claims" | "verdict">;

const sidesOf = ({ left, right, holds }: Sides): Sides => ({ left, right, holds });

function certifyOne(
  kernels: Kernels,
  fitted: FittedNetwork & { readonly loss: Loss },
  linear: LinearBaseline,
  { epsilon = 1e-6, radius = 100, features: f = featuresAt(kernels, fitted) }: CertifyOptions,
): Measured {
  const { net: { d, k }, loss, examples: { x, y } } = fitted;
  const best = bestLinear(kernels, loss, { x, beside: f, y }, { radius });
  using problem = createPartialProblem(kernels, { x, f, y, loss });
  const { w, V } = partsOf(fitted.net, fitted.point);
  const point = problem.at({ w, V: matrix(d, k, V) });
  const spectrum = headSpectrum(problem, point);
  const features = { a: best.weights.slice(0, d), c: best.weights.slice(d), value: best.value };
  const found = assess(problem, point, spectrum, { linear, features }, epsilon);
  const way = found.gap > 0 ? escape(problem, point, spectrum, linear) : null;
  return {
    value: point.value,
    gap: found.gap,
    gradientNorm: point.gradientNorm,
    sNorm: norm(point.s),
    rNorm: norm(point.r),
    lambdaMin: spectrum.lambdaMin,
    lambdaMax: spectrum.lambdaMax,
    wNorm: norm(w),
    vNorm: norm(V),
    stationary: found.stationary,
    certificate: { bound: found.certificate.bound, holds: found.certificate.holds },
    features: { value: best.value, gap: point.value - best.value },
    theorem1: found.theorem1 && sidesOf(found.theorem1),
    theorem2: sidesOf(found.theorem2),
    theorem3: found.theorem3 && sidesOf(found.theorem3),
    escape: way && { order: way.order, slope: way.slope, w: way.u, V: way.D.data },
  };
}

function certifySeveral(
  kernels: Kernels,
  fitted: FittedNetwork,
  linear: LinearBaseline,
  { epsilon = 1e-6, radius = 100, features: f = featuresAt(kernels, fitted) }: CertifyOptions,
): Measured {
  const { net: { d, k, outputs: m }, loss, examples: { x, y } } = fitted;
  const best = bestLinear(kernels, loss, { x, beside: f, y }, { radius });
  using problem = createVectorProblem(kernels, { x, f, y, loss });
  const parts = partsOf(fitted.net, fitted.point);
  const point = problem.at({ W: matrix(m, d, parts.w), V: matrix(d, k, parts.V) });
  const spectrum = vectorSpectrum(problem, point);
  const star = { A: matrix(m, d, linear.weights), C: null, value: linear.value };
  const { bound, holds } = vectorCertificate(problem, point, star);
  const theorem1 = vectorTheorem1(problem, point, star);
  const gap = point.value - linear.value;
  const way = gap > 0 ? vectorWayDown(problem, point, spectrum, star.A) : null;
  return {
    value: point.value,
    gap,
    gradientNorm: point.gradientNorm,
    sNorm: norm(point.S.data),
    rNorm: norm(point.R.data),
    lambdaMin: spectrum.lambdaMin,
    lambdaMax: spectrum.lambdaMax,
    wNorm: norm(parts.w),
    vNorm: norm(parts.V),
    stationary: point.gradientNorm <= epsilon && spectrum.lambdaMin >= -Math.sqrt(epsilon),
    certificate: { bound, holds },
    features: { value: best.value, gap: point.value - best.value },
    theorem1: theorem1 && sidesOf(theorem1),
    theorem2: null,
    theorem3: null,
    escape: way && { order: way.order, slope: way.slope, w: way.W.data, V: way.V.data },
  };
}

/** What is claimed of one point. */
function claimsOf({ net, loss }: FittedNetwork, found: Measured, linear: LinearBaseline): readonly Claim[] {
  const inequality = (
    id: string,
    statement: string,
    source: string,
    sides: Sides | null,
    measured: "left" | "right",
  ) =>
    sides === null ? [] : [{
      id,
      statement,
      source,
      status: sides.holds ? "holds" as const : "fails" as const,
      measured: measured === "left" ? sides.left : sides.right,
      bound: measured === "left" ? sides.right : sides.left,
      points: 1,
    }];
  const tolerance = GAP_TOLERANCE * Math.max(1, Math.abs(linear.value));
  const against = linear.attained
    ? "the best linear predictor"
    : `the best linear predictor with ||w|| <= ${linear.radius}`;
  const below = found.gap <= tolerance;
  const corollary: Claim = {
    id: "corollary-1",
    statement: `The network is where training over (w, V) can stop, and at or below ${against}` +
      (below
        ? found.stationary ? "" : ". Undecided: it is below, but not stationary: training can go on from here"
        : found.stationary
        ? ". Undecided: it is stationary within epsilon, and above within what epsilon allows"
        : `. Undecided: it is above, and not stationary${found.escape ? ": there is a way down" : ""}`),
    source: `${SHAMIR}, Corollary 1`,
    status: found.stationary && below ? "holds" : "undecided",
    measured: found.gap,
    bound: tolerance,
    points: 1,
  };
  const { certificate, gap } = found;
  const claims: readonly Claim[] = [
    ...inequality(
      "theorem-1",
      "Above linear the gradient over (w, V) is at least the bound",
      `${SHAMIR}, Theorem 1`,
      found.theorem1,
      "left",
    ),
    ...inequality(
      "theorem-2",
      "At (0, V) gradient and negative curvature are at least the bound",
      `${SHAMIR}, Theorem 2`,
      found.theorem2,
      "left",
    ),
    ...inequality(
      "theorem-3",
      "The gap of an epsilon-SOPSP is at most the bound",
      `${SHAMIR}, Theorem 3`,
      found.theorem3,
      "right",
    ),
    corollary,
    ...inequality(
      "convex-certificate",
      "The gap is at most <s, w - w*> + <r, V'w>",
      "Convexity of the loss in w and V'w",
      { left: certificate.bound, right: gap, holds: certificate.holds },
      "right",
    ),
  ];
  const outside = (claim: Claim, reason: string): Claim => ({
    ...claim,
    status: "outside",
    statement: `${claim.statement}. Outside: ${reason}`,
  });
  if (!loss.convex) return claims.map((claim) => outside(claim, `the loss "${loss.name}" is not convex`));
  if (net.outputs <= net.d) return claims;
  const reason = `${net.outputs} outputs are more than ${net.d} inputs`;
  return claims.map((claim) => claim === corollary ? outside(claim, reason) : claim);
}
