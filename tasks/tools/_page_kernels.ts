import { base64 } from "../../src/kernels/generated/simd.ts";

/** The optimiser that the kernels' compiler brings. Not named in an import, for which Deno would install it at once. */
const OPTIMISER = "npm:assemblyscript@0.28.20/binaryen";

/**
 * What the page does not call: in single precision it only factors wide tables, and `peak` is for benches. Were one of them called after all, its twin in
 * JavaScript would stand in.
 */
const LEFT_OUT =
  /^((biasActivation|chances|cholesky|choleskySolve|eigh|erf|exp|ger|log1p|loss|lossRows|mul|softmax|tanh)_f32|peak_f(32|64))$/;

/**
 * The `simd` kernels that the page calls: the same code, and so the same bits, without that of the others.
 *
 * @returns The bytes of the module.
 */
export async function pageKernels(): Promise<Uint8Array> {
  const { default: binaryen }: typeof import("npm:assemblyscript@0.28.20/binaryen") = await import(OPTIMISER);
  const bytes = Uint8Array.fromBase64(base64);
  const module = binaryen.readBinary(bytes);
  try {
    for (const { name } of WebAssembly.Module.exports(new WebAssembly.Module(bytes))) {
      if (LEFT_OUT.test(name)) module.removeExport(name);
    }
    module.runPasses(["remove-unused-module-elements"]);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
