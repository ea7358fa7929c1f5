import type { Address, Dtype, Kernels, KernelTask, Repeated } from "../kernels/mod.ts";
import type { AnyLoss } from "../loss/mod.ts";
import type { Network } from "../nn/mod.ts";
import { cut } from "./_cut.ts";
import { canBeNoted, noteCalls } from "./_noted_calls.ts";
import { type PlacedNetwork, placeNetwork } from "./_placed_network.ts";
import type { PlacedRows } from "./_placed_rows.ts";
import { stepOperations } from "./step_operations.ts";

/** The gradient of a batch by several threads. */
export interface SharedStep {
  /** When it is to be taken so; its first piece is the gradient. */
  readonly repeated: Repeated;
  /** The gradient of the mean loss over `count` rows from position `from` of the order. */
  differentiate(from: number, count: number): void;
}

/** What a step works on. */
export interface StepLayout {
  readonly dtype: Dtype;
  readonly net: Network;
  readonly loss: AnyLoss;
  /** The network as one thread computes with it, and the blocks that were made for it, in their order. */
  readonly placed: PlacedNetwork;
  readonly blocks: readonly Address[];
  /** Most rows of a batch. */
  readonly rows: number;
  readonly weighted: boolean;
  readonly all: PlacedRows;
  /** Operations from which on a step is worth sharing. */
  readonly least: number;
}

/**
 * A step that threads share: first each takes rows, gathers them, and computes forward and backward, then each a part of every matrix of the
 * gradient. No sum is cut, so that the bits do not depend on how many parts there are, nor on who takes them. Null where there is one thread, where a
 * step is too short, and where a layer is none that a few calls of kernels compute.
 */
export function shareStep(kernels: Kernels, layout: StepLayout): SharedStep | null {
  const { dtype, net, loss, rows, weighted, all, placed, least } = layout;
  const { threads: parts } = kernels;
  if (parts < 2 || !canBeNoted(net.body) || stepOperations(net, rows) < least) return null;
  const repeated = kernels.repeat();
  const notes = noteCalls(kernels.alone, dtype);
  const { [dtype]: set } = notes.kernels;
  // The same buffers: what is noted is what the network as it is placed would do.
  let next = 0;
  const buffer = () => layout.blocks[next++];
  const noted = placeNetwork(notes.kernels, dtype, net, loss, { rows, tangents: false, weighted, parts, buffer });
  /** The tasks of all parts that have rows. */
  const byRows = (count: number, note: (from: number, own: number, part: number) => void): readonly KernelTask[] => {
    const tasks: KernelTask[] = [];
    for (let part = 0; part < parts; part++) {
      const from = cut(count, part, parts);
      const own = cut(count, part + 1, parts) - from;
      if (own > 0) tasks.push((note(from, own, part), notes.taken()));
    }
    return tasks;
  };
  /** The tasks of a batch of so many rows: they and their numbers stay the same, since its rows are always put at the same place. */
  const planFor = (count: number): Plan => {
    const { inputs, targets } = all.batch;
    const [inOne, scale] = [noted.slopesAreCall, 1 / count];
    const rows = byRows(count, (from, own, part) => {
      all.take(set, from, own, placed.weights);
      noted.forward(inputs, from, own, part);
      if (!inOne) return;
      noted.slopes(targets, from, own, scale);
      noted.backward(from, own, part);
    });
    const gradients = Array.from({ length: parts }, (_, part) => {
      noted.gradients(inputs, count, part, parts);
      return notes.taken();
    });
    const backward = inOne ? null : repeated.keep(byRows(count, noted.backward));
    return { rows: repeated.keep(rows), backward, gradients: repeated.keep(gradients) };
  };
  const plans = new Map<number, Plan>();
  return {
    repeated,
    differentiate(from, count) {
      all.beginAt(from, count);
      let plan = plans.get(count);
      if (plan === undefined) plans.set(count, plan = planFor(count));
      plan.rows();
      if (plan.backward !== null) {
        placed.slopes(all.batch.targets, 0, count, 1 / count);
        plan.backward();
      }
      plan.gradients();
    },
  };
}

/** What makes the parts of a step. */
interface Plan {
  /** Forward, and backward where the loss is a kernel. */
  readonly rows: () => void;
  /** Backward, where the loss is not. */
  readonly backward: (() => void) | null;
  readonly gradients: () => void;
}
