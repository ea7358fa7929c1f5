import type { Dtype, Kernels } from "../../src/kernels/mod.ts";
import { squared } from "../../src/loss/mod.ts";
import { activation, chain, dense, type Network, network } from "../../src/nn/mod.ts";
import { residentOf } from "../../src/objective/internal.ts";
import { type Batches, createBatches, stepOperations } from "../../src/objective/mod.ts";
import { key, normal, split } from "../../src/random/mod.ts";

/** A training step of `p = w'(x + V f(x))`, squared loss, f = hidden affine ReLU layers. */
export interface StepCase {
  /** Its name. */
  readonly name: string;
  /** Inputs. */
  readonly d: number;
  /** Units of a layer. */
  readonly k: number;
  /** Layers. */
  readonly layers: number;
  /** Batch size. */
  readonly batch: number;
  /** Predictions per row (default 1). */
  readonly outputs?: number;
}

/** From a step dominated by overhead to one dominated by matrix products. */
export const STEP_CASES: readonly StepCase[] = [
  { name: "S1", d: 10, k: 16, layers: 1, batch: 32 },
  { name: "S2", d: 32, k: 64, layers: 2, batch: 64 },
  { name: "S3", d: 64, k: 256, layers: 2, batch: 128 },
  { name: "S4", d: 128, k: 512, layers: 4, batch: 256 },
];

/** Rows of the data: normal numbers, in consecutive minibatches. */
const ROWS = 4096;

const networkOf = ({ d, k, layers, outputs = 1 }: StepCase): Network =>
  network(
    d,
    chain(
      ...Array.from({ length: layers }, (_, layer) => [dense(layer === 0 ? d : k, k), activation("relu")]).flat(),
    ),
    { outputs },
  );

/** The operations that a step of the case needs. */
export const operationsOf = (one: StepCase): number => stepOperations(networkOf(one), one.batch);

/** A case laid out: its batches, and one step of plain SGD from one minibatch to the next. */
export function prepareStep(
  one: StepCase,
  kernels: Kernels,
  dtype: Dtype,
  least?: number,
): { readonly batches: Batches; readonly run: () => void } {
  const net = networkOf(one);
  const [forX, forY, forPoint] = split(key(1), 3);
  const data = {
    x: { rows: ROWS, cols: one.d, data: normal(forX, ROWS * one.d) },
    y: normal(forY, ROWS * net.outputs),
  };
  const batches = createBatches(kernels, net, squared, data, { batch: one.batch, dtype, least });
  const resident = residentOf(batches);
  resident.write(resident.params, normal(forPoint, net.size).map((value) => value / Math.sqrt(2 * one.k)));
  resident.setOrder(null);
  let from = 0;
  return {
    batches,
    run() {
      resident.differentiate(from, one.batch);
      // A rate so small that long runs stay where they are, and no number becomes infinite or too small to be normal.
      resident.combine(-1e-7, resident.gradient, 1, resident.params);
      from = (from + one.batch) % ROWS;
    },
  };
}
