import type { Address, Kernels } from "../kernels/mod.ts";
import { weightsOfMeanOne } from "../loss/mod.ts";
import type { Network } from "../nn/mod.ts";
import { matrixRows, type Vector } from "../tensor/mod.ts";
import type { PlacedNetwork } from "./_placed_network.ts";
import { createRowWindow } from "./_row_window.ts";
import { type Chunk, type SharedPredictions, sharePredictions } from "./_shared_predictions.ts";
import type { Examples } from "./objective.ts";

/** Rows of one pass over the data: enough to fill the kernels, little enough to stay in the cache. */
const CHUNK = 1024;

/** Passes over the rows in chunks. */
export interface Passes {
  /** Most rows of a chunk. */
  readonly most: number;
  readonly weighted: boolean;
  /** Adds up what each chunk returns, its weights laid where the loss of a placed network reads them. */
  over(placed: PlacedNetwork, pass: (x: Address, y: Address, rows: number, from: number) => number): number;
  /** The same of targets and predictions, at parameters that are in `placed` already: where there are threads, they share the work. */
  overPredictions(
    params: Vector,
    placed: PlacedNetwork,
    pass: (y: Address, rows: number, p: Address, from: number) => number,
  ): number;
}

/** Plans passes over the rows of a data set; `buffer` makes room for so many numbers. */
export function createPasses(
  kernels: Kernels,
  net: Network,
  { x, y, weights: given }: Examples,
  buffer: (elements: number) => Address,
): Passes {
  const { memory } = kernels;
  const { d, outputs } = net;
  const targets = buffer(y.length);
  memory.view("f64", targets, y.length).set(y);
  const source = matrixRows(memory, x);
  const window = createRowWindow(buffer, source);
  const most = Math.min(CHUNK, window.rows);
  const chunks = chunksOf(x.rows, window.rows, most);
  const weights = weightsOfMeanOne(given, x.rows);
  let shared: { readonly each: SharedPredictions | null } | null = null;
  const weigh = (placed: PlacedNetwork, from: number, own: number) => {
    if (weights !== null) memory.view("f64", placed.weights, own).set(weights.subarray(from, from + own));
  };
  const over: Passes["over"] = (placed, pass) => {
    let [sum, next] = [0, 0];
    window.each((inputs, first, count) => {
      for (; next < chunks.length && chunks[next].from < first + count; next++) {
        const { from, count: own } = chunks[next];
        weigh(placed, from, own);
        sum += pass(inputs + (from - first) * d * 8, targets + from * outputs * 8, own, from);
      }
    });
    return sum;
  };
  const overPredictions: Passes["overPredictions"] = (params, placed, pass) => {
    shared ??= { each: sharePredictions(kernels, net, source, chunks, buffer) };
    if (shared.each === null) {
      return over(placed, (xs, ys, count, from) => {
        placed.predict(xs, count);
        return pass(ys, count, placed.predictions, from);
      });
    }
    let sum = 0;
    shared.each(params, (at, { from, count }) => {
      weigh(placed, from, count);
      sum += pass(targets + from * outputs * 8, count, at, from);
    });
    return sum;
  };
  return { most, weighted: weights !== null, over, overPredictions };
}

/** Chunks of so many rows at most, of pieces of so many. */
function chunksOf(rows: number, piece: number, most: number): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let first = 0; first < rows; first += piece) {
    const end = Math.min(rows, first + piece);
    for (let from = first; from < end; from += most) chunks.push({ from, count: Math.min(most, end - from) });
  }
  return chunks;
}
