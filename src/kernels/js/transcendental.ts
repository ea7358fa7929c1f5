import type { Address, Dtype, KernelSet, Memory } from "../types.ts";
import { erf } from "./erf.ts";
import { heapOf } from "./heap.ts";

/** The twins of the transcendental functions: those of `Math`, and {@linkcode erf}. */
export function transcendentalKernels(dtype: Dtype, memory: Memory): Pick<KernelSet, "exp" | "log1p" | "tanh" | "erf"> {
  const { view, shift } = heapOf(dtype, memory);
  const each = (f: (x: number) => number) => (n: number, x: Address, y: Address) => {
    const h = view();
    const ix = x >>> shift;
    const iy = y >>> shift;
    for (let i = 0; i < n; i++) h[iy + i] = f(h[ix + i]);
  };
  return { exp: each(Math.exp), log1p: each(Math.log1p), tanh: each(Math.tanh), erf: each(erf) };
}
