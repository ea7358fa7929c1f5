import { judge, lambdaMin, theoremA } from "../landscape/mod.ts";
import { atZero, lackingRank } from "./_heads.ts";
import { overGrid, type Rule } from "./_over_grid.ts";
import type { PaperContext, Statement } from "./types.ts";

/** Theorem A at random points, W = 0 and W without full row rank among them, and where it is tight. */
export const theoremAStatement: Statement = {
  id: "theorem-a",
  statement:
    "With m < d outputs every point is above a linear predictor W* by at most ||grad_W F|| ||W - W*|| + ||W* V||_* sqrt(kappa (kappa + b)), " +
    "where kappa = max(0, -lambda_min) and b is the largest eigenvalue of E[(a'z)² l''] for a unit vector a with W a = 0; and " +
    "||R||² <= kappa (kappa + b), kappa <= ||R||",
  source: "Theorem A of docs/mathematics.md, section 12; derived",
  needsConvex: true,
  check: (context) =>
    overGrid(context, "theorem-a", ruleOf(context), {
      measured: "right",
      sides: { left: "bound (A2)", right: "F - F_lin" },
      inputs: 2,
      outputs: (d) => Math.min(3, d - 1),
      turn: (head, draw) => draw === 1 ? atZero(head) : draw === 2 ? lackingRank(head) : head,
    }),
};

/** A2 is reported; A1 has two sides, `||R||² <= kappa (kappa + b)` and `kappa <= ||R||`. */
function ruleOf({ theoremA: measure = theoremA }: PaperContext): Rule {
  return (objective, point, comparator) => {
    try {
      const lambda = lambdaMin(objective, point);
      const found = measure(objective, point, lambda, comparator);
      if (found === null || !Number.isFinite(found.kappaUpper)) return null;
      // The upper end of the interval is the curvature of a direction: kappa is at least minus that.
      const reach = judge(found.normR, Math.max(0, -lambda.upper), 0, objective.rows + 64);
      return { main: found.gap, beside: { stationarity: found.stationarity, reach } };
    } catch (error) {
      // Second derivatives that are not finite numbers: exp of large predictions.
      if (error instanceof RangeError) return null;
      throw error;
    }
  };
}
