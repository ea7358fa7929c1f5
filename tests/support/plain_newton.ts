import { type Matrix, matrix, type Vector } from "../../src/tensor/mod.ts";
import { denseGradient, denseHessian, type HeadProblem } from "./dense_hessian.ts";

/** A minimum of H, found in plain loops. */
export interface PlainOptimum {
  /** Weights of x [m, d]. */
  readonly A: Matrix;
  /** Weights of f [m, k]. */
  readonly C: Matrix;
  /** min H. */
  readonly value: number;
  /** `||grad H||` there. */
  readonly gradientNorm: number;
}

/** Damped Newton on `H(A, C)`: the network without a skip product, its inputs being [x f]. */
export function plainOptimum(problem: Pick<HeadProblem, "x" | "f" | "y" | "loss">, m: number): PlainOptimum {
  const { x, f, y, loss } = problem;
  const [n, d, k] = [x.rows, x.cols, f.cols];
  const joined = matrix(
    n,
    d + k,
    Array.from(
      { length: n },
      (_, i) => [...x.data.subarray(i * d, (i + 1) * d), ...f.data.subarray(i * k, (i + 1) * k)],
    )
      .flat(),
  );
  const at = (w: Vector): HeadProblem => ({
    x: joined,
    f: matrix(n, 0, []),
    y,
    loss,
    W: matrix(m, d + k, w),
    V: matrix(d + k, 0, []),
  });
  let w: Vector = new Float64Array(m * (d + k));
  let { value, gradient } = denseGradient(at(w));
  for (let step = 0; step < 200; step++) {
    const size = Math.sqrt(gradient.reduce((sum, entry) => sum + entry * entry, 0));
    if (size < 1e-15) break;
    const hessian = denseHessian(at(w));
    const trace = hessian.data.reduce((sum, entry, i) => i % (hessian.cols + 1) === 0 ? sum + entry : sum, 0);
    const direction = solve(hessian, gradient, 1e-13 * trace + 1e-300);
    let share = 1;
    let next = w.map((entry, i) => entry - direction[i]);
    let there = denseGradient(at(next));
    // Near the end values are noise; a smaller gradient still tells that a step is good.
    const good = () => there.value < value || there.value <= value + 1e-14 * (1 + value) && norm(there.gradient) < size;
    while (!good() && share > 1e-12) {
      share /= 2;
      next = w.map((entry, i) => entry - share * direction[i]);
      there = denseGradient(at(next));
    }
    if (!good()) break;
    [w, value, gradient] = [next, there.value, there.gradient];
  }
  const part = (from: number, to: number) =>
    matrix(
      m,
      to - from,
      Array.from({ length: m }, (_, a) => [...w.subarray(a * (d + k) + from, a * (d + k) + to)]).flat(),
    );
  return { A: part(0, d), C: part(d, d + k), value, gradientNorm: norm(gradient) };
}

const norm = (x: Vector) => Math.sqrt(x.reduce((sum, entry) => sum + entry * entry, 0));

/** `(a + ridge I)^-1 b` by elimination with pivoting. */
function solve(a: Matrix, b: Vector, ridge: number): Vector {
  const n = a.rows;
  const rows = Array.from({ length: n }, (_, i) => [...a.data.subarray(i * n, (i + 1) * n), b[i]]);
  for (let i = 0; i < n; i++) rows[i][i] += ridge;
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(rows[r][i]) > Math.abs(rows[pivot][i])) pivot = r;
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let r = i + 1; r < n; r++) {
      const share = rows[r][i] / rows[i][i];
      if (share !== 0) { for (let c = i; c <= n; c++) rows[r][c] -= share * rows[i][c]; }
    }
  }
  const out = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let rest = rows[i][n];
    for (let c = i + 1; c < n; c++) rest -= rows[i][c] * out[c];
    out[i] = rest / rows[i][i];
  }
  return out;
}
