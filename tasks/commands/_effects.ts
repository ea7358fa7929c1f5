import type { Dataset } from "../../src/data/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import type { AnyLoss } from "../../src/loss/mod.ts";
import { columnEffects } from "../../src/model/mod.ts";
import type { Network } from "../../src/nn/mod.ts";
import { predictRows } from "../../src/objective/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import { type EffectsReport, effectsReport } from "../../src/report/mod.ts";
import { type Matrix, matrix, productTransposed, type Vector } from "../../src/tensor/mod.ts";

/** Multiplications that may be spent: about a tenth of a second on one core. */
const BUDGET = 4e8;

/** Multiplications that the loss of one output takes as long as, its exponential for the most part. */
const LOSS = 60;

/** The fewest rows that say something, and the most that are used. */
const [LEAST, MOST] = [20, 1000];

/** Predictions of every row: five permutations of each column, and twenty values of each of six, of two models. */
const predictionsFor = (columns: number): number => 5 * columns + 2 * 20 * 6;

/** What a fitted model reads of which column, on held-out rows where they suffice; null where the table is too wide to tell soon. */
export function describeEffects(
  kernels: Kernels,
  { loss, training, heldOut, settings: { seed } }: {
    readonly loss: AnyLoss;
    readonly training: Dataset;
    readonly heldOut: Dataset | null;
    readonly settings: { readonly seed: number };
  },
  { net, params, linear }: {
    readonly net: Network;
    readonly params: Vector;
    /** The weights of the linear model beside it; null where it is linear itself. */
    readonly linear: Vector | null;
  },
): EffectsReport | null {
  const data = heldOut && heldOut.x.rows >= LEAST ? heldOut : training;
  const rows = Math.min(
    MOST,
    Math.floor(BUDGET / (predictionsFor(data.columns.length) * (net.size + LOSS * net.outputs))),
  );
  if (rows < LEAST) return null;
  const weights = linear && matrix(net.outputs, net.d, linear);
  const effects = columnEffects(
    {
      model: (x: Matrix) => predictRows(kernels, net, params, x).data,
      linear: weights && ((x: Matrix) => productTransposed(kernels, x, weights).data),
    },
    data,
    loss,
    fold(key(seed), "effects"),
    { rows },
  );
  return effectsReport(effects, data === heldOut ? "held-out rows" : "training rows");
}
