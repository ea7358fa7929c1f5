import type { Address, Kernels } from "../kernels/mod.ts";
import type { Network } from "../nn/mod.ts";
import type { RowSource, Vector } from "../tensor/mod.ts";
import { cut } from "./_cut.ts";
import { canBeNoted, noteCalls } from "./_noted_calls.ts";
import { placeNetwork } from "./_placed_network.ts";

/** Rows of a task: enough for the cost of a product's copies, little enough to stay in the cache. And the most that are there together, in numbers of the widest layer. */
const [ROWS, TOGETHER, NUMBERS] = [128, 2048, 1 << 21];

/** Multiply-adds from which on telling other threads is worth it: some 100 microseconds. */
const LEAST = 1 << 21;

/** Rows that follow each other. */
export interface Chunk {
  readonly from: number;
  readonly count: number;
}

/**
 * The predictions of all rows as tasks that threads take, each some rows of a chunk on their way through the whole network: what one thread computes of
 * whole chunks, to the bit. Null where there is one thread, where rows do not lie in kernel memory, where there is little to do, and where a layer is
 * none that a few calls of kernels compute.
 */
export function sharePredictions(
  kernels: Kernels,
  net: Network,
  { at, rows: n }: RowSource,
  chunks: readonly Chunk[],
  buffer: (elements: number) => Address,
): SharedPredictions | null {
  const { outputs, size } = net;
  if (kernels.threads < 2 || at === undefined || n * size < LEAST || !canBeNoted(net.body)) return null;
  const { memory } = kernels;
  const widest = net.parameters.reduce((most, { shape }) => Math.max(most, shape[0]), outputs);
  const rounds = roundsOf(chunks, Math.min(TOGETHER, Math.floor(NUMBERS / widest)));
  const rows = rounds.reduce((most, { count }) => Math.max(most, count), 0);
  const notes = noteCalls(kernels.alone, "f64");
  const parts = rounds.reduce((most, { tasks }) => Math.max(most, tasks.length), 0);
  const placed = placeNetwork(notes.kernels, "f64", net, null, { rows, tangents: false, parts, buffer });
  return (params, visit) => {
    memory.view("f64", placed.vectors.point, size).set(params);
    for (const { from: first, chunks: own, tasks } of rounds) {
      kernels.runAll(tasks.map(({ from, count }, part) => {
        placed.predict(at(first), count, from - first, part);
        return notes.taken();
      }));
      for (const chunk of own) visit(placed.predictions + 8 * (chunk.from - first) * outputs, chunk);
    }
  };
}

/** Visits every chunk in turn, with the address of its predictions [count, outputs] at those parameters. */
export type SharedPredictions = (params: Vector, visit: (at: Address, chunk: Chunk) => void) => void;

/** Some chunks after each other, cut into tasks. */
interface Round extends Chunk {
  readonly chunks: readonly Chunk[];
  readonly tasks: readonly Chunk[];
}

/** Rounds of so many rows, but for one that is a single chunk; a chunk is cut where no row's bits change. */
function roundsOf(chunks: readonly Chunk[], most: number): readonly Round[] {
  const rounds: Round[] = [];
  for (const chunk of chunks) {
    const { from, count } = chunk;
    const parts = Math.ceil(count / ROWS);
    const own = Array.from({ length: parts }, (_, part) => {
      const [first, end] = [cut(count, part, parts), cut(count, part + 1, parts)];
      return { from: from + first, count: end - first };
    }).filter((task) => task.count > 0);
    const last = rounds.at(-1);
    if (last === undefined || last.count + count > most) rounds.push({ from, count, chunks: [chunk], tasks: own });
    else {
      rounds[rounds.length - 1] = {
        ...last,
        count: last.count + count,
        chunks: [...last.chunks, chunk],
        tasks: [...last.tasks, ...own],
      };
    }
  }
  return rounds;
}
