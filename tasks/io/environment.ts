import type { Dtype, KernelsName } from "../../src/kernels/mod.ts";
import type { Environment } from "../../src/report/mod.ts";

/** What a run was made with, as its report says. */
export const environmentOf = (kernels: KernelsName, dtype: Dtype): Environment => ({
  deno: Deno.version.deno,
  v8: Deno.version.v8,
  kernels,
  dtype,
  workers: navigator.hardwareConcurrency,
});
