import {
  ACTIVATION_CODES,
  type Address,
  type Dtype,
  eighWork,
  type Kernels,
  LOSS_CODES,
} from "../../src/kernels/mod.ts";
import { key, uniform } from "../../src/random/mod.ts";

/** A kernel at a size: what is timed, and what it is measured against. */
export interface KernelCase {
  /** The kernel's name; the three orientations of a matrix product share one. */
  readonly name: string;
  /** Which orientation, which function; empty where there is one only. */
  readonly variant: string;
  /** Rows of the result, or of what is worked on. */
  readonly m: number;
  /** Columns. */
  readonly n: number;
  /** Terms of a sum, 1 where there is none. */
  readonly k: number;
  /** What one run has: floating-point operations, or bytes read and written at that size of an element. */
  readonly unit: "flop" | "byte";
  /** How many of them. */
  readonly work: (bytes: number) => number;
  /** Lays operands out, and returns what one run does. */
  readonly prepare: (kernels: Kernels, dtype: Dtype) => () => void;
}

/** The bytes of an element. */
const bytesOf = (dtype: Dtype): number => dtype === "f32" ? 4 : 8;

/** Numbers in [low, 1) in kernel memory. */
function operand({ memory }: Kernels, dtype: Dtype, length: number, low = -1): Address {
  const at = memory.allocate(length * bytesOf(dtype));
  memory.view(dtype, at, length).set(uniform(key(length), length, { low, high: 1 }));
  return at;
}

type Orientation = "NN" | "TN" | "NT";

/** A matrix product. */
function gemm(variant: Orientation, m: number, n: number, k: number): KernelCase {
  return {
    name: "gemm",
    variant,
    m,
    n,
    k,
    unit: "flop",
    work: () => 2 * m * n * k,
    prepare(kernels, dtype) {
      const [a, b, c] = [m * k, k * n, m * n].map((length) => operand(kernels, dtype, length));
      const [lda, ldb] = [variant === "TN" ? m : k, variant === "NT" ? k : n];
      const { work, [dtype]: set } = kernels;
      const multiply = set[`gemm${variant}`];
      return () => multiply(m, n, k, a, lda, b, ldb, c, n, 0, work);
    },
  };
}

/** A kernel that streams over `n` entries and touches `moved` of them per entry of its operands. */
function stream(
  name: string,
  variant: string,
  n: number,
  moved: number,
  prepare: (kernels: Kernels, dtype: Dtype, operand: (length?: number) => Address) => () => void,
): KernelCase {
  return {
    name,
    variant,
    m: 1,
    n,
    k: 1,
    unit: "byte",
    work: (bytes) => moved * n * bytes,
    prepare: (kernels, dtype) => prepare(kernels, dtype, (length = n) => operand(kernels, dtype, length)),
  };
}

/** The products of the full bench: squares, the layers of training, tall inputs, flat ones. */
const PRODUCTS: readonly KernelCase[] = [
  gemm("NN", 64, 64, 64),
  gemm("NN", 256, 256, 256),
  gemm("TN", 256, 256, 256),
  gemm("NT", 256, 256, 256),
  gemm("NN", 512, 512, 512),
  gemm("NN", 64, 64, 32),
  gemm("NT", 64, 64, 32),
  gemm("NN", 32, 16, 10),
  gemm("NT", 32, 16, 10),
  gemm("NT", 128, 256, 64),
  gemm("TN", 256, 64, 128),
  gemm("NT", 256, 512, 128),
  gemm("TN", 97, 97, 2048),
  gemm("NN", 61, 61, 61),
  gemm("NN", 2048, 8, 8),
  gemm("NN", 8, 256, 256),
];

const VECTOR = 4096;

/** Every other family: vectors in the nearest cache, functions, a matrix times a vector, factorisations. */
const OTHERS: readonly KernelCase[] = [
  {
    ...gemm("NN", 256, 1, 256),
    name: "gemv",
    variant: "N",
    prepare(kernels, dtype) {
      const [a, x, y] = [256 * 256, 256, 256].map((length) => operand(kernels, dtype, length));
      return () => kernels[dtype].gemvN(256, 256, a, 256, x, y, 0);
    },
  },
  {
    ...gemm("TN", 256, 1, 256),
    name: "gemv",
    variant: "T",
    prepare(kernels, dtype) {
      const [a, x, y] = [256 * 256, 256, 256].map((length) => operand(kernels, dtype, length));
      return () => kernels[dtype].gemvT(256, 256, a, 256, x, y, 0);
    },
  },
  {
    ...gemm("NN", 256, 2, 256),
    name: "bendSingle",
    variant: "",
    prepare(kernels, dtype) {
      const [a, x, w, p, y] = [256 * 256, 256, 256, 256, 256].map((length) => operand(kernels, dtype, length));
      return () => {
        // The kernel adds to both, and the next run is to see what the first one saw.
        kernels[dtype].fill(256, 0, p);
        kernels[dtype].fill(256, 0, y);
        kernels[dtype].bendSingle(256, 256, a, 256, x, w, p, y);
      };
    },
  },
  stream("dot", "", VECTOR, 2, ({ f32, f64 }, dtype, operand) => {
    const [set, x, y] = [dtype === "f32" ? f32 : f64, operand(), operand()];
    return () => void set.dot(VECTOR, x, y);
  }),
  stream("axpy", "", VECTOR, 3, (kernels, dtype, operand) => {
    const [x, y] = [operand(), operand()];
    return () => kernels[dtype].axpy(VECTOR, 1e-9, x, y);
  }),
  stream("axpy", "", 1 << 20, 3, (kernels, dtype, operand) => {
    const [x, y] = [operand(), operand()];
    return () => kernels[dtype].axpy(1 << 20, 1e-9, x, y);
  }),
  stream("columnSums", "", VECTOR, 1, (kernels, dtype, operand) => {
    const [x, sums] = [operand(), operand(64)];
    return () => kernels[dtype].columnSums(VECTOR / 64, 64, x, 64, sums, 0);
  }),
  ...(["relu", "tanh", "gelu"] as const).map((variant) =>
    stream("biasActivation", variant, VECTOR, 3, (kernels, dtype, operand) => {
      const [bias, z, y, slope] = [operand(64), operand(), operand(), operand()];
      const code = ACTIVATION_CODES[variant];
      return () => kernels[dtype].biasActivation(code, VECTOR / 64, 64, bias, z, y, slope, 0);
    })
  ),
  ...(["squared", "logistic"] as const).map((variant) =>
    stream("loss", variant, VECTOR, 3, (kernels, dtype, operand) => {
      const [p, y, slope] = [operand(), operand(), operand()];
      return () => void kernels[dtype].loss(LOSS_CODES[variant], 0, VECTOR, 1 / VECTOR, p, y, slope, 0);
    })
  ),
  ...(["exp", "log1p", "tanh", "erf"] as const).map((variant) =>
    stream(variant, "", VECTOR, 2, (kernels, dtype) => {
      const [x, y] = [operand(kernels, dtype, VECTOR, 0), operand(kernels, dtype, VECTOR)];
      return () => kernels[dtype][variant](VECTOR, x, y);
    })
  ),
];

/** The eigenvalues of a symmetric matrix: 4/3 n³ operations for the tridiagonal form, the rest is O(n²). */
const EIGENVALUES: KernelCase = {
  name: "eigh",
  variant: "values",
  m: 128,
  n: 128,
  k: 1,
  unit: "flop",
  work: () => 4 / 3 * 128 ** 3,
  prepare(kernels, dtype) {
    const { memory, [dtype]: set } = kernels;
    const [source, a, values] = [128 * 128, 128 * 128, 128].map((length) => operand(kernels, dtype, length));
    const work = memory.allocate(eighWork(128) * bytesOf(dtype));
    return () => {
      // The kernel destroys its matrix.
      set.copy(128 * 128, source, a);
      set.eigh(128, a, values, 0, work);
    };
  },
};

/** The kernels to time: all, or those of the quick bench. */
export function kernelCases(quick: boolean): readonly KernelCase[] {
  const all = [...PRODUCTS, ...OTHERS, EIGENVALUES];
  return quick ? all.filter((one) => QUICK.has(`${one.name} ${one.variant} ${one.m}`)) : all;
}

const QUICK: ReadonlySet<string> = new Set([
  "gemm NN 64",
  "gemm NN 256",
  "gemm NN 512",
  "gemm NN 32",
  "gemv N 256",
  "dot  1",
  "exp  1",
  "tanh  1",
]);

/** A copy of so many bytes, read and written: the reference for streaming kernels. */
export function copyCase(bytes: number): KernelCase {
  const n = bytes / 4;
  return stream("copy", "", n, 2, (kernels, _, operand) => {
    const [x, y] = [operand(), operand()];
    return () => kernels.f32.copy(n, x, y);
  });
}
