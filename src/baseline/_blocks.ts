import type { LinearObjective, SecondDerivative } from "../objective/mod.ts";
import { letGo, type Matrix, type Vector } from "../tensor/mod.ts";

/** Weights of one output up to which its own block of the Hessian, made from all rows, may serve as preconditioner. */
export const BLOCK = 128;

/** Most numbers of blocks: they are held twice. */
const MOST = 3e7;

/** A preconditioner for many weights: the Hessian's diagonal blocks, one for each output. Dispose it to free them. */
export interface BlockPreconditioner extends Disposable {
  /** The inverse of the blocks times v [m, r], at a point; null as long as products alone do. Yields as blocks are made. */
  at(second: SecondDerivative, means: Vector, shift: number): Generator<number, ((v: Vector) => Vector) | null>;
  /** Says how many products the last step took; returns how many more its blocks were worth. */
  took(products: number): number;
}

/**
 * Where a step takes more products than the blocks cost, the next one is preconditioned by them: they stay as long as they
 * serve, and are not made anew twice in a row.
 *
 * @param objective The mean loss.
 * @param options Whether large blocks are `sketched`; whether blocks are `useful` at all.
 */
export function createBlocks(
  objective: LinearObjective,
  { sketched, useful }: { readonly sketched: boolean; readonly useful: boolean },
): BlockPreconditioner {
  const { kernels: { memory }, rows: n, inputs: r, outputs: m } = objective;
  const near = sketched && r > BLOCK;
  // Products that blocks cost: sums of rows with a weight for each output, and a few triangles of order r.
  const cost = near ? 4 + 2 * r * r / n : r / 4;
  const possible = useful && m * r * r <= MOST && (near || r <= BLOCK && m > 1);
  const at = { address: 0 };
  let [needed, stale, shiftedBy, made] = [false, true, NaN, false];
  let [squares, works]: [readonly Matrix[], readonly boolean[]] = [[], []];
  return {
    *at(second, means, shift) {
      if (!needed) return null;
      at.address ||= memory.allocate((m * r * r + r) * 8);
      if (stale) {
        letGo(...squares.map(({ data }) => data));
        squares = yield* second.blocks();
        [stale, shiftedBy, made] = [false, NaN, true];
      }
      if (shift !== shiftedBy) works = yield* factored(objective, squares, means, shift, at.address);
      shiftedBy = shift;
      return (v) => solved(objective, works, at.address, v);
    },
    took(products) {
      const spent = made ? cost : 0;
      made = false;
      if (possible && products > cost && spent === 0) [needed, stale] = [true, true];
      return spent;
    },
    [Symbol.dispose]() {
      if (at.address !== 0) memory.free(at.address);
    },
  };
}

/** Cholesky factors of the blocks at an address, each with the shift and a little of its mean added; whether each could be factored. */
function* factored(
  { kernels: { memory, f64: set }, inputs: r }: LinearObjective,
  squares: readonly Matrix[],
  means: Vector,
  shift: number,
  at: number,
): Generator<number, readonly boolean[]> {
  const least = 1e-6 * means.reduce((most, value) => Math.max(most, value), 0) + Number.MIN_VALUE;
  const works: boolean[] = [];
  for (const [a, { data }] of squares.entries()) {
    const own = memory.view("f64", at + a * r * r * 8, r * r);
    own.set(data);
    for (let i = 0; i < r; i++) own[i * (r + 1)] += shift + least;
    works.push(set.cholesky(r, at + a * r * r * 8, r) === 0);
    yield a;
  }
  return works;
}

/** The inverse of the blocks times v; of those that could not be factored, v itself. */
function solved(
  { kernels: { memory, f64: set }, inputs: r, outputs: m }: LinearObjective,
  works: readonly boolean[],
  at: number,
  v: Vector,
): Vector {
  const out = v.slice();
  const x = at + m * r * r * 8;
  for (let a = 0; a < m; a++) {
    if (!works[a]) continue;
    const own = out.subarray(a * r, (a + 1) * r);
    memory.view("f64", x, r).set(own);
    set.choleskySolve(r, at + a * r * r * 8, r, x);
    own.set(memory.view("f64", x, r));
  }
  return out;
}
