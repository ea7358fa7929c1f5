import { type Dataset, type EncodeOptions, encodeTable, inferTargetKind, InputError, type Table } from "./data/mod.ts";
import { type AnyLoss, isJoint, logistic, softmax, squared } from "./loss/mod.ts";

/** Which columns of a table are what, and how they are read. */
export interface TableOptions extends Omit<EncodeOptions, "targetKind"> {
  /** The loss (default: squared for numbers, logistic for two classes, softmax for more). */
  readonly loss?: AnyLoss;
}

/** Rows ready for training, and the loss that fits their target. */
export interface TableExamples {
  readonly data: Dataset;
  readonly loss: AnyLoss;
}

/** The loss that fits each kind of target. */
const LOSSES = { number: squared, class: logistic, classes: softmax } as const;

/** From a table to examples: columns become inputs, the target decides the loss. */
export function examplesOf(table: Table, { loss: wanted, ...options }: TableOptions): TableExamples {
  const [target, ...more] = [options.target].flat();
  const loss = wanted ?? (more.length > 0 ? squared : LOSSES[inferTargetKind(table, target)]);
  const data = encodeTable(table, { ...options, targetKind: loss.target });
  refuseTargets(loss, data, table.file);
  return { data, loss };
}

/** Refuses targets that the loss does not take, by line. */
function refuseTargets(loss: AnyLoss, { y, outputs, targets, lines }: Dataset, file: string): void {
  if (isJoint(loss)) return;
  const wrong = y.findIndex((value) => loss.targetProblem(value) !== null);
  if (wrong < 0) return;
  throw new InputError(`the ${loss.name} loss does not take ${y[wrong]}, which ${loss.targetProblem(y[wrong])}`, {
    file,
    line: lines[Math.floor(wrong / outputs)],
    column: targets[wrong % outputs],
  });
}
