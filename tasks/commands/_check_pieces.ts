import { isEvaluated } from "../../src/claims/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import { judgeWithin } from "../../src/landscape/mod.ts";
import type { Loss } from "../../src/loss/mod.ts";
import type { Network } from "../../src/nn/mod.ts";
import { createObjective, type Examples } from "../../src/objective/mod.ts";
import { checkRunSchema, type TimedRun } from "../../src/report/mod.ts";
import type { RunName } from "../../src/train/mod.ts";
import type { PieceRule } from "../io/pieces.ts";

/** The name of a run among the pieces of its check. */
export const pieceName = ({ seed, start }: RunName): string => `seed-${seed}-${start}`;

/** Two ways to the same mean of losses differ by less, relative to their sizes. */
const CLOSE = 1e-9;

/**
 * What may be taken for a finished run: one of the runs that are asked for, whose inequalities follow from the numbers beside them, and
 * whose parameters have the loss that it says. What else it says of the points on its way is believed.
 */
export function checkPieceRule(
  kernels: Kernels,
  { net, loss, data }: { readonly net: Network; readonly loss: Loss; readonly data: Examples },
  runs: readonly RunName[],
): PieceRule<TimedRun> {
  const named = new Map(runs.map((run) => [pieceName(run), run]));
  return {
    schema: (name) => checkRunSchema(named.get(name)!.seed, named.get(name)!.start),
    problem({ params, points }) {
      if (!(params instanceof Float64Array) || params.length !== net.size) {
        return "its parameters do not fit the network";
      }
      for (const { inequalities } of points) {
        for (const [id, found] of Object.entries(inequalities)) {
          if (!isEvaluated(found)) continue;
          const { left, right, rounding, holds } = found;
          if (judgeWithin(left, right, rounding).holds !== holds) return `${id} does not follow from its numbers`;
        }
      }
      using objective = createObjective(kernels, net, loss, data);
      const [own, said] = [objective.value(params), points.at(-1)!.value];
      const isSame = Object.is(own, said) || Math.abs(own - said) <= CLOSE * (Math.abs(own) + Math.abs(said));
      return isSame ? null : `its loss is ${said}, and that of its parameters ${own}`;
    },
  };
}
