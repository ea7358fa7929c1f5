import type { Kernels } from "../kernels/mod.ts";
import type { LinearObjective, SecondDerivative } from "../objective/mod.ts";
import { letGo, type Matrix, type Vector } from "../tensor/mod.ts";
import { finish } from "../tensor/internal.ts";
import type { Evaluation, Head, NullCurvature, RowSizes } from "./head_objective.ts";
import { createRowMeasure } from "./_row_measure.ts";

/** What a survey of the rows is asked for, and what it finds. */
type Survey = LinearObjective["survey"];

/** What was found of points, which several certificates ask for. */
export interface Kept {
  /** The curvature that W does not see, by point. */
  readonly nulls: WeakMap<Evaluation, NullCurvature | null>;
  /** Hessians of H, by predictions. */
  readonly hessians: WeakMap<Vector, Matrix>;
  /** The second derivative of the loss at a point; made when it is first asked for. */
  second(at: Evaluation): SecondDerivative;
  /** `tr l''` of every row. */
  traces(at: Evaluation): Vector;
  /** `||[x f]||` of every row, and on the same pass the sizes at V, which the certificates of a point ask for next. */
  norms(V: Matrix | null): Vector;
  /** The sizes at V. */
  sizes(V: Matrix): RowSizes;
  /** A survey of the rows that measures them too; nothing is measured twice. */
  measure(V: Matrix | null, request: Parameters<Survey>[0]): ReturnType<Survey>;
  /** Keeps the sums at (0, V), made ahead for the first call that asks for them; null for none. */
  putZero(at: Evaluation | null): void;
  /** They, if that is the point; null where it is another one, or they were taken. */
  takeZero(head: Head): Evaluation | null;
  /** Gives back what is kept of predictions that nobody looks at any more. */
  leave(predictions: Vector): void;
  /** Gives back arrays as long as the table is high, which nobody reads any more. */
  end(): void;
}

/** Nothing is known before the first question. */
export function keep(
  kernels: Kernels,
  { linear, ...shape }: {
    readonly linear: LinearObjective;
    readonly n: number;
    readonly d: number;
    readonly k: number;
  },
): Kept {
  let zero: Evaluation | null = null;
  const seconds = keepSeconds(linear);
  const sizes = keepSizes(kernels, linear, shape);
  return {
    nulls: new WeakMap(),
    hessians: new WeakMap(),
    ...seconds,
    ...sizes,
    putZero: (at) => void (zero = at),
    takeZero({ W, V }) {
      if (zero === null || zero.V !== V || !W.data.every((weight) => weight === 0)) return null;
      const known = zero;
      zero = null;
      return known;
    },
    end() {
      seconds.end();
      sizes.end();
      if (zero) letGo(zero.predictions, zero.slopes);
    },
  };
}

function keepSizes(
  kernels: Kernels,
  linear: LinearObjective,
  shape: Parameters<typeof createRowMeasure>[1],
): Pick<Kept, "norms" | "sizes" | "measure" | "end"> {
  let [norms, sizes, sizesAt]: [Vector | null, RowSizes | null, Matrix | null] = [null, null, null];
  function* measure(V: Matrix | null, request: Parameters<Survey>[0]): ReturnType<Survey> {
    if (norms !== null && (V === null || sizesAt === V)) return yield* linear.survey(request);
    using rows = createRowMeasure(kernels, shape, V);
    const found = yield* linear.survey({ ...request, visit: rows.visit });
    norms ??= rows.norms;
    if (V !== null) [sizes, sizesAt] = [rows.sizes, V];
    return found;
  }
  return {
    measure,
    norms(V) {
      if (norms === null) finish(measure(V, {}));
      return norms!;
    },
    sizes(V) {
      if (sizes === null || sizesAt !== V) finish(measure(V, {}));
      return sizes!;
    },
    end() {
      for (const lengths of [norms, sizes?.z, sizes?.f]) if (lengths) letGo(lengths);
    },
  };
}

function keepSeconds(linear: LinearObjective): Pick<Kept, "second" | "traces" | "leave" | "end"> {
  const seconds = new WeakMap<Vector, SecondDerivative>();
  const traces = new WeakMap<Vector, Vector>();
  let latest: Vector | null = null;
  const second = ({ predictions }: Evaluation): SecondDerivative => {
    const known = seconds.get(predictions);
    if (known) return known;
    const found = linear.second(predictions);
    seconds.set(predictions, found);
    latest = predictions;
    return found;
  };
  const leave = (predictions: Vector): void => {
    seconds.get(predictions)?.[Symbol.dispose]();
    const known = traces.get(predictions);
    if (known) letGo(known);
  };
  return {
    second,
    leave,
    traces(at) {
      const known = traces.get(at.predictions);
      if (known) return known;
      const out = second(at).traces();
      traces.set(at.predictions, out);
      return out;
    },
    end() {
      if (latest) leave(latest);
    },
  };
}
