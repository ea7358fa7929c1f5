import { ACTIVATION_CODES, type ActivationName, type Dtype, type KernelSet, type Memory } from "../types.ts";
import { erf } from "./erf.ts";
import { heapOf } from "./heap.ts";

/** A function of one number with its first two derivatives. */
export interface ActivationCurve {
  /** The function. */
  readonly value: (a: number) => number;
  /** Its first derivative; at a kink, the smaller of the two. */
  readonly d1: (a: number) => number;
  /** Its second derivative. */
  readonly d2: (a: number) => number;
}

const sigmoid = (a: number) => a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a));
const normalDensity = (a: number) => Math.exp(-a * a / 2) / Math.sqrt(2 * Math.PI);
const normalDistribution = (a: number) => (1 + erf(a / Math.SQRT2)) / 2;
const LEAK = 0.01;

/** NaN stays NaN in every output, also where the formula is constant. */
const keepNaN = (a: number, value: number) => a === a ? value : a;

/** In the order of `ACTIVATION_CODES`; functions of `Math`. */
const CURVES: readonly ActivationCurve[] = [
  { value: (a) => a, d1: (a) => keepNaN(a, 1), d2: (a) => keepNaN(a, 0) },
  { value: (a) => Math.max(a, 0), d1: (a) => keepNaN(a, a > 0 ? 1 : 0), d2: (a) => keepNaN(a, 0) },
  { value: (a) => a > 0 ? a : LEAK * a, d1: (a) => keepNaN(a, a > 0 ? 1 : LEAK), d2: (a) => keepNaN(a, 0) },
  {
    value: Math.tanh,
    d1: (a) => 1 - Math.tanh(a) ** 2,
    d2: (a) => -2 * Math.tanh(a) * (1 - Math.tanh(a) ** 2),
  },
  {
    value: sigmoid,
    d1: (a) => sigmoid(a) * sigmoid(-a),
    d2: (a) => sigmoid(a) * sigmoid(-a) * (sigmoid(-a) - sigmoid(a)),
  },
  {
    value: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
    d1: sigmoid,
    d2: (a) => sigmoid(a) * sigmoid(-a),
  },
  {
    value: (a) => a * normalDistribution(a),
    d1: (a) => normalDistribution(a) + a * normalDensity(a),
    d2: (a) => (2 - a * a) * normalDensity(a),
  },
  {
    value: (a) => a * sigmoid(a),
    d1: (a) => sigmoid(a) * (1 + a * sigmoid(-a)),
    d2: (a) => sigmoid(a) * sigmoid(-a) * (2 + a * (sigmoid(-a) - sigmoid(a))),
  },
  { value: Math.sin, d1: Math.cos, d2: (a) => -Math.sin(a) },
];

/**
 * An activation as functions of one number, in plain TypeScript.
 *
 * @param name Which activation.
 * @returns Its value and derivatives.
 * @example The slope of tanh at 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(activationCurve("tanh").d1(0), 1);
 * ```
 */
export const activationCurve = (name: ActivationName): ActivationCurve => CURVES[ACTIVATION_CODES[name]];

/** The twin of `kernels/activation.ts`. */
export function activationKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "biasActivation"> {
  const { view, shift } = heapOf(dtype, memory);
  return {
    biasActivation(activation, rows, cols, bias, z, y, slope, curvature) {
      const h = view();
      const curve = CURVES[activation];
      const iz = z >>> shift;
      const iy = y >>> shift;
      const ib = bias >>> shift;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < cols; j++) {
          const at = i * cols + j;
          const a = bias === 0 ? h[iz + at] : h[iz + at] + h[ib + j];
          h[iy + at] = curve.value(a);
          if (slope !== 0) h[(slope >>> shift) + at] = curve.d1(a);
          if (curvature !== 0) h[(curvature >>> shift) + at] = curve.d2(a);
        }
      }
    },
  };
}
