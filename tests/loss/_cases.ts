import { createHuber, createPseudoHuber, defineLoss, type Loss, LOSSES } from "../../src/loss/mod.ts";

/** A loss under test, with valid targets and the kinks of its derivatives for a target. */
export interface LossCase {
  /** For test names. */
  readonly label: string;
  /** The loss. */
  readonly loss: Loss;
  /** Valid targets. */
  readonly targets: readonly number[];
  /** Where l'' jumps. */
  readonly kinks: (y: number) => readonly number[];
}

const targetsOf = (loss: Loss): readonly number[] =>
  ({ class: [-1, 1], standardised: [-1.75, 0, 0.5, 3], number: [0, 0.5, 1, 7] })[loss.target];

function kinksOf(loss: Loss): (y: number) => readonly number[] {
  if (loss.name === "huber") return (y) => [y - loss.parameter, y + loss.parameter];
  if (loss.name === "smooth_hinge") return (y) => [0, y];
  return () => [];
}

/** Every loss of the project, and the hubers with a small and a large delta. */
export const LOSS_CASES: readonly LossCase[] = [
  ...LOSSES,
  ...[0.25, 2].flatMap((d) => [createHuber(d), createPseudoHuber(d)]),
]
  .map((loss) => ({
    label: loss.parameter === 0 ? loss.name : `${loss.name}(${loss.parameter})`,
    loss,
    targets: targetsOf(loss),
    kinks: kinksOf(loss),
  }));

/** `count` numbers from `low` to `high`, both ends included, evenly spaced. */
export const grid = (low: number, high: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => low + (high - low) * i / (count - 1));

/** A loss that is not the project's: `(p - y)^4 / 12`, with only its derivatives given. */
export const quartic: Loss = defineLoss({
  name: "quartic",
  convex: true,
  value: (p, y) => (p - y) ** 4 / 12,
  d1: (p, y) => (p - y) ** 3 / 3,
  d2: (p, y) => (p - y) ** 2,
});
