import type { Dtype, KernelSet, Memory } from "../types.ts";
import { heapOf } from "./heap.ts";

/** A loss with its derivatives in p; `delta` is the parameter of the hubers. */
interface LossCurve {
  readonly value: (p: number, y: number, delta: number) => number;
  readonly slope: (p: number, y: number, delta: number) => number;
  readonly curvature: (p: number, y: number, delta: number) => number;
}

/** The probability of the wrong class, without overflow. */
const wrong = (margin: number) => margin > 0 ? Math.exp(-margin) / (1 + Math.exp(-margin)) : 1 / (1 + Math.exp(margin));

/** A residual in units of delta, cut far out, where {@linkcode root} still is finite. */
const ratio = (d: number, delta: number) => Math.max(-1e300, Math.min(1e300, d / delta));

/** `sqrt(1 + t^2)`, which never exceeds `1 + |t|`, also where the square overflows. */
const root = (t: number) => Math.min(Math.sqrt(1 + t * t), 1 + Math.abs(t));

/** In the order of `LOSS_CODES`; functions of `Math`. At a kink l'' is the larger of its two values, as in `src/loss`. */
const LOSSES: readonly LossCurve[] = [
  { value: (p, y) => (p - y) * (p - y) / 2, slope: (p, y) => p - y, curvature: (p, y) => p - y === p - y ? 1 : NaN },
  {
    value: (p, y) => Math.max(-y * p, 0) + Math.log1p(Math.exp(-Math.abs(y * p))),
    slope: (p, y) => -y * wrong(y * p),
    curvature: (p, y) => wrong(y * p) * wrong(-y * p),
  },
  {
    value(p, y, delta) {
      const size = Math.abs(p - y);
      return size <= delta ? size * size / 2 : delta * (size - delta / 2);
    },
    slope: (p, y, delta) => Math.max(-delta, Math.min(delta, p - y)),
    curvature: (p, y, delta) => Math.abs(p - y) <= delta ? 1 : p - y === p - y ? 0 : NaN,
  },
  {
    value(p, y, delta) {
      const t = ratio(p - y, delta);
      return delta * ((p - y) * (t / (1 + root(t))));
    },
    slope(p, y, delta) {
      const t = ratio(p - y, delta);
      return delta * (t / root(t));
    },
    curvature: (p, y, delta) => root(ratio(p - y, delta)) ** -3,
  },
  {
    value(p, y) {
      const z = y * p;
      return z >= 1 ? 0 : z > 0 ? (1 - z) * (1 - z) / 2 : 0.5 - z;
    },
    slope: (p, y) => -y * Math.max(0, Math.min(1, 1 - y * p)),
    curvature(p, y) {
      const z = y * p;
      if (z !== z) return NaN;
      return z >= 0 && z <= 1 ? y * y : 0;
    },
  },
  // The smaller of two that may overflow is left out.
  {
    value: (p, y) => Math.exp(p) - (Math.exp(p) < Infinity ? y * p : y),
    slope: (p, y) => Math.exp(p) - y,
    curvature: (p) => Math.exp(p),
  },
];

/** The twin of `kernels/loss.ts`. */
export function lossKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "loss"> {
  const { view, shift } = heapOf(dtype, memory);
  return {
    loss(loss, parameter, n, scale, p, y, slope, curvature) {
      const h = view();
      const curve = LOSSES[loss];
      const ip = p >>> shift;
      const iy = y >>> shift;
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const prediction = h[ip + i];
        const target = h[iy + i];
        sum += curve.value(prediction, target, parameter);
        if (curvature !== 0) h[(curvature >>> shift) + i] = scale * curve.curvature(prediction, target, parameter);
        if (slope !== 0) h[(slope >>> shift) + i] = scale * curve.slope(prediction, target, parameter);
      }
      return sum;
    },
  };
}
