import type { Head, HeadObjective } from "../../src/landscape/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";

/** (W, V) as one vector. */
export const flat = ({ W, V }: Head): Float64Array => Float64Array.of(...W.data, ...V.data);

/** And back. */
export function unflat({ outputs: m, d, k }: HeadObjective, vector: Float64Array): Head {
  return { W: matrix(m, d, vector.slice(0, m * d)), V: matrix(d, k, vector.slice(m * d)) };
}
