import { fold, type Key, normal } from "../random/mod.ts";
import { type Matrix, matrix, multiply, type Vector } from "../tensor/mod.ts";

/**
 * A problem whose features are linear in x, so that min F_theta is F_lin, and a starting point.
 *
 * @param key What it is drawn from.
 * @param sizes n, d and k.
 * @returns x [n, d] with targets [n], f [n, k], and (W, V).
 */
export function linearFeatures(
  key: Key,
  { rows, inputs, units }: Readonly<Record<"rows" | "inputs" | "units", number>>,
): { examples: { x: Matrix; y: Vector }; f: Matrix; start: { W: Matrix; V: Matrix } } {
  const x = matrix(rows, inputs, normal(fold(key, "x"), rows * inputs));
  return {
    examples: { x, y: normal(fold(key, "y"), rows).map((noise, i) => x.data[i * inputs] + noise) },
    f: multiply(x, matrix(inputs, units, normal(fold(key, "theta"), inputs * units))),
    start: {
      W: matrix(1, inputs, normal(fold(key, "w"), inputs)),
      V: matrix(inputs, units, normal(fold(key, "V"), inputs * units)),
    },
  };
}
