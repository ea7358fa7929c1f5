/** Where the theorems are stated and proved. */
export const SHAMIR = "O. Shamir, Are ResNets Provably Better than Linear Predictors?, NeurIPS 2018";

/** An inequality of a record. `theorem-a1` is the first half of Theorem A, `||R||² <= kappa (kappa + b)`; `theorem-a` the second, on the gap. */
export type InequalityId =
  | "theorem-1"
  | "theorem-2"
  | "theorem-3"
  | "theorem-a"
  | "theorem-a1"
  | "convex-certificate"
  | "features-certificate";

/** A statement of the theory. */
export interface Statement {
  /** Stable name, such as `theorem-1`. */
  readonly id: string;
  /** What it says, in a sentence without a full stop. */
  readonly statement: string;
  /** Where it is stated and proved. */
  readonly source: string;
  /** What it needs beside a convex loss; null for nothing. */
  readonly needs: string | null;
  /** The inequalities that every point has to satisfy, that of the measured number first; none for a statement about ends of training. */
  readonly inequalities: readonly InequalityId[];
  /** Which side of the first inequality is the measured number; the other one is the bound. */
  readonly measured: "left" | "right";
}

/**
 * Every statement, in the order of a report.
 *
 * @example Their names
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(STATEMENTS.slice(0, 4).map(({ id }) => id), ["theorem-1", "theorem-2", "theorem-3", "theorem-a"]);
 * ```
 */
export const STATEMENTS: readonly Statement[] = Object.freeze([
  {
    id: "theorem-1",
    statement: "Above the linear predictor the gradient over (w, V) is at least the bound, wherever w is not 0",
    source: `${SHAMIR}, Theorem 1`,
    needs: "w is not 0 (several outputs: W has full row rank)",
    inequalities: ["theorem-1"],
    measured: "left",
  },
  {
    id: "theorem-2",
    statement: "At (0, V) gradient and negative curvature together are at least the bound",
    source: `${SHAMIR}, Theorem 2`,
    needs: "one output, and no row on a kink of the loss at w = 0",
    inequalities: ["theorem-2"],
    measured: "left",
  },
  {
    id: "theorem-3",
    statement: "The gap of every epsilon-SOPSP to the best linear predictor is at most the bound",
    source: `${SHAMIR}, Theorem 3, with explicit constants`,
    needs: "one output, and a loss whose second derivative is Lipschitz",
    inequalities: ["theorem-3"],
    measured: "right",
  },
  {
    id: "theorem-a",
    statement:
      "The gap of every point to the best linear predictor is at most the bound, which goes to 0 with the gradient and the negative curvature",
    source: "Theorem A of this project's docs/mathematics.md, after O. Shamir, NeurIPS 2018",
    needs: "fewer outputs than inputs",
    inequalities: ["theorem-a", "theorem-a1"],
    measured: "right",
  },
  {
    id: "corollary-1",
    statement:
      "Every second-order stationary point (gradient 0, no negative curvature) is at or below the best linear predictor",
    source: `${SHAMIR}, Corollary 1`,
    needs: "at most as many outputs as inputs, and training that minimises F itself",
    inequalities: [],
    measured: "right",
  },
  {
    id: "convex-certificate",
    statement: "The gap of every point to the best linear predictor is at most <s, w - w*> + <r, V'w>",
    source: "Convexity of the loss in w and V'w",
    needs: null,
    inequalities: ["convex-certificate"],
    measured: "right",
  },
  {
    id: "features-certificate",
    statement: "The gap of every point to the best linear predictor on x and f(x) is at most <s, w - a> + <r, V'w - c>",
    source: "Convexity; K. Kawaguchi, Y. Bengio, Depth with Nonlinearity Creates No Bad Local Minima in ResNets, 2018",
    needs: null,
    inequalities: ["features-certificate"],
    measured: "right",
  },
]);
