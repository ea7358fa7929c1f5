import { ACTIVATION_CODES, activationCurve, type ActivationName } from "../kernels/mod.ts";
import { builtInLayer } from "./_built_in.ts";
import { mapEntries, plus, timesEntries } from "./_rows.ts";
import type { Layer } from "./layer.ts";

/** A function applied to every entry. */
export interface Activation extends Layer {
  /** The type of the layer. */
  readonly type: "activation";
  /** Which function; formulas at {@linkcode activation}. */
  readonly name: ActivationName;
}

const NONE = new Float64Array(0);

/**
 * A function of every entry: `relu` max(0, x); `leaky_relu` with slope 0.01 below 0; `tanh`; `sigmoid` 1/(1+exp(-x));
 * `softplus` log(1+exp(x)); `gelu` x Phi(x) with the exact normal distribution; `silu` x sigmoid(x); `sin`; `identity`.
 *
 * @param name Which function.
 * @returns The layer, frozen.
 * @throws {RangeError} If there is no such function.
 * @example The hyperbolic tangent
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(activation("tanh").name, "tanh");
 * ```
 */
export function activation(name: ActivationName): Activation {
  if (!Object.hasOwn(ACTIVATION_CODES, name)) {
    throw new RangeError(`Cannot make an activation "${name}": known are ${Object.keys(ACTIVATION_CODES).join(", ")}`);
  }
  const { value, d1, d2 } = activationCurve(name);
  return builtInLayer({ type: "activation", name } as const, {
    outputWidth: (width) => width,
    parameters: () => [],
    initialise: () => new Float64Array(0),
    forward: (_params, x) => ({
      y: mapEntries(x, value),
      pullback: (dy) => ({ dParams: NONE, dx: timesEntries(dy, mapEntries(x, d1)) }),
    }),
    pushforward(_params, x, _dParams, dx) {
      const d1s = mapEntries(x, d1);
      const d1sMoved = timesEntries(mapEntries(x, d2), dx);
      return {
        dy: timesEntries(d1s, dx),
        pullback: (g, dg) => ({ dParams: NONE, dx: plus(timesEntries(dg, d1s), timesEntries(g, d1sMoved)) }),
      };
    },
  });
}
