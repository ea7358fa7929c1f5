import { aloneKernels } from "../_calls.ts";
import { createMemory } from "../memory.ts";
import type { Dtype, Kernels, KernelSet, Memory } from "../types.ts";
import { WORK_BYTES } from "../scratch.ts";
import { activationKernels } from "./activation.ts";
import { bendSingleKernels } from "./bend_single.ts";
import { choleskyKernels } from "./cholesky.ts";
import { eighKernels } from "./eigh.ts";
import { gatherKernels } from "./gather.ts";
import { gemmKernels } from "./gemm.ts";
import { gemvKernels } from "./gemv.ts";
import { lossKernels } from "./loss.ts";
import { qrKernels } from "./qr.ts";
import { rowPassKernels } from "./row_pass.ts";
import { softmaxKernels } from "./softmax.ts";
import { solveRightKernels } from "./solve_right.ts";
import { transcendentalKernels } from "./transcendental.ts";
import { vectorKernels } from "./vector.ts";

/**
 * The plain-TypeScript kernels: the oracle of the tests and the opponent in the bench.
 *
 * @param memory The memory to calculate in; made when left out.
 * @returns The kernels, without WebAssembly code.
 */
export function createJsKernels(memory: Memory = createMemory()): Kernels {
  return aloneKernels({
    name: "js",
    memory,
    f32: kernelSet("f32", memory),
    f64: kernelSet("f64", memory),
    work: memory.allocate(WORK_BYTES),
  });
}

/** The kernels in one precision. */
export function kernelSet(dtype: Dtype, memory: Memory): KernelSet {
  return Object.freeze({
    dtype,
    bytes: dtype === "f32" ? 4 : 8,
    ...activationKernels(dtype, memory),
    ...bendSingleKernels(dtype, memory),
    ...choleskyKernels(dtype, memory),
    ...eighKernels(dtype, memory),
    ...gatherKernels(dtype, memory),
    ...gemmKernels(dtype, memory),
    ...gemvKernels(dtype, memory),
    ...lossKernels(dtype, memory),
    ...qrKernels(dtype, memory),
    ...rowPassKernels(dtype, memory),
    ...softmaxKernels(dtype, memory),
    ...solveRightKernels(dtype, memory),
    ...transcendentalKernels(dtype, memory),
    ...vectorKernels(dtype, memory),
  });
}
