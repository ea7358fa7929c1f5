import { type AnyLoss, isJoint } from "../loss/mod.ts";
import type { LinearObjective } from "../objective/mod.ts";
import { eigen, type Matrix, norm, type Vector } from "../tensor/mod.ts";
import { LEFT_OUT, maskedSoftmax } from "./_masked_softmax.ts";

/** Margins count as above 0 from this share of the largest prediction on: rounding makes no less. */
const CLEAR = 1e-10;

/**
 * Whether predictions put every row on the side where its loss falls without end: then arbitrarily large multiples of them reach the infimum of every
 * loss at once, and `inf F_lin = E[inf l]` is known exactly.
 *
 * @param loss A loss that need not attain its infimum; any other gives false.
 * @param y The targets [n, m].
 * @param m Outputs.
 * @param predictions The predictions of a linear predictor [n, m].
 * @returns Whether they separate all rows.
 */
export function separatesAll(loss: AnyLoss, y: Vector, m: number, predictions: Vector): boolean {
  if (loss.attains || loss.margin === null) return false;
  const floor = CLEAR * largest(predictions);
  if (!isJoint(loss)) {
    for (let at = 0; at < y.length; at++) if (!(loss.margin(predictions[at], y[at]) > floor)) return false;
    return y.length > 0;
  }
  for (let from = 0; from < y.length; from += m) {
    if (!(loss.margin(predictions.subarray(from, from + m), y.subarray(from, from + m)) > floor)) return false;
  }
  return y.length > 0;
}

/**
 * `E[inf l]`: the mean of the infimum of each row's loss.
 *
 * @param data The loss, the targets [n, m], m, and the weight of each row of mean 1, null for equal ones.
 * @returns The mean over the rows; null where the loss does not say.
 */
export function meanInfimum(
  { loss, y, outputs: m, weights }: Pick<LinearObjective, "loss" | "y" | "outputs" | "weights">,
): number | null {
  if (!isJoint(loss) && loss.infimum === null) return null;
  let sum = 0;
  const n = y.length / m;
  for (let i = 0; i < n; i++) {
    const own = infimumOfRow(loss, y, m, i);
    sum += weights === null ? own : weights[i] * own;
  }
  return sum / n;
}

/** The infimum of the loss of a row, which the loss gives. */
function infimumOfRow(loss: AnyLoss, y: Vector, m: number, i: number): number {
  if (isJoint(loss)) return loss.infimum(y.subarray(i * m, (i + 1) * m));
  let sum = 0;
  for (let at = i * m; at < (i + 1) * m; at++) sum += loss.infimum!(y[at]);
  return sum;
}

/** The remaining problem along a direction that separates some of its rows: the rows on the separating face. */
export interface Face {
  /** The rows whose loss still depends on the predictor. */
  readonly rows: readonly number[];
  /** Their loss in the limit. */
  readonly loss: AnyLoss;
  /** Their targets [rows, m]. */
  readonly y: Vector;
  /** The sum of the infima of the other rows' losses, times their weights. */
  readonly fallen: number;
}

/** Weights m r up to which faces are looked for: their constraints make a matrix of that order. */
const MOST_WEIGHTS = 512;

/** Shares of the largest margin below which pairs count as open, tried in turn. */
const SHARES = Array.from({ length: 9 }, (_, at) => 2 ** -(at + 1));

/** How often rows that do not fall along a direction are added to the open ones. */
const MOST_ROUNDS = 8;

/** A direction that changes the open rows by less than this share of its own size leaves them unchanged. */
const UNTOUCHED = 1e-6;

/**
 * Looks for a direction along which some rows fall to their infimum while the others do not change: then the infimum is that of the
 * others (theory of Albert and Anderson 1984, and of Santos Silva and Tenreyro 2010). A long minimisation runs along such a
 * direction, so it is sought in where one has got to: rows (for softmax, pairs of a row's class with another) with large margins are
 * taken as settled, and the weights are projected on what leaves the others unchanged. What is found is checked, row by row.
 *
 * @param objective The mean loss on orthonormal inputs.
 * @param weights Where a minimisation has got to [m, r].
 * @returns The face; null where none was found.
 */
export function findFace(objective: LinearObjective, weights: Vector): Face | null {
  const { loss, y, rows: n, outputs: m, inputs: r } = objective;
  if (loss.attains || loss.margin === null || m * r > MOST_WEIGHTS || !isJoint(loss) && m > 1) return null;
  const pairs = pairsOf(loss, y, n, m);
  const margins = marginsOf(loss, pairs, objective.project(weights), y, m);
  const most = margins.reduce((top, value) => Math.max(top, value), 0);
  const openBelow = (share: number) => margins.map((value) => value < share * most ? 1 : 0) as Vector;
  /** What pairs with such margins leave free of the weights. */
  const freeOf = (isOpen: Vector) =>
    isOpen.every((one) => one === 0) ? weights : project(constraints(objective, pairs, isOpen), weights, objective, n);
  const least = UNTOUCHED * norm(weights);
  const found = SHARES.map(() => null as Vector | null);
  const freeAt = (at: number): Vector => found[at] ??= freeOf(openBelow(SHARES[at]));
  // The fewer pairs are open the more is free: with the shares before the first, `from`, nothing is.
  let from = 0;
  for (let to = SHARES.length; from < to;) {
    // The last share first: where it leaves nothing, none does.
    const at = to === SHARES.length && from === 0 ? to - 1 : (from + to) >> 1;
    if (norm(freeAt(at)) > least) to = at;
    else from = at + 1;
  }
  for (let at = from; at < SHARES.length; at++) {
    let isOpen = openBelow(SHARES[at]);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      if (isOpen.every((one) => one === 1)) break;
      const direction = round === 0 ? freeAt(at) : freeOf(isOpen);
      const size = norm(direction);
      if (!(size > least)) break;
      const along = marginsOf(loss, pairs, objective.project(direction), y, m);
      const felt = along.map((margin) => Math.abs(margin) <= UNTOUCHED * size ? 1 : 0);
      const falls = along.map((margin) => margin > 10 * UNTOUCHED * size ? 1 : 0);
      if (pairs.every((_, at) => isOpen[at] && felt[at] || falls[at])) {
        return faceOf(objective, pairs.filter((_, at) => felt[at]));
      }
      // Rows that do not fall along the direction are open too.
      const more = isOpen.map((one, at) => one || !falls[at] ? 1 : 0) as Vector;
      if (more.every((one, at) => one === isOpen[at])) break;
      isOpen = more;
    }
  }
  return null;
}

/** A row, and for softmax the class that its own competes with. */
interface Pair {
  readonly row: number;
  readonly own: number;
  readonly other: number;
}

function pairsOf(loss: AnyLoss, y: Vector, n: number, m: number): readonly Pair[] {
  if (!isJoint(loss)) return Array.from({ length: n }, (_, row) => ({ row, own: 0, other: -1 }));
  const pairs: Pair[] = [];
  for (let row = 0; row < n; row++) {
    const own = y.subarray(row * m, (row + 1) * m).indexOf(1);
    for (let other = 0; other < m; other++) {
      if (other !== own && y[row * m + other] === 0) pairs.push({ row, own, other });
    }
  }
  return pairs;
}

function marginsOf(loss: AnyLoss, pairs: readonly Pair[], p: Vector, y: Vector, m: number): Vector {
  return Float64Array.from(
    pairs,
    ({ row, own, other }) => isJoint(loss) ? p[row * m + own] - p[row * m + other] : loss.margin!(p[row], y[row]),
  );
}

/** `sum c c'` over the open pairs [m r, m r], where `c'u` is the margin that weights u give a pair. */
function constraints(objective: LinearObjective, pairs: readonly Pair[], isOpen: Vector): Matrix {
  const { rows: n, outputs: m, inputs: r, loss } = objective;
  const order = m * r;
  const data = new Float64Array(order * order);
  const add = (a: number, b: number, sign: number, weights: Vector) => {
    if (weights.every((weight) => weight === 0)) return;
    const block = objective.gram(weights);
    for (let i = 0; i < r; i++) {
      for (let j = 0; j < r; j++) {
        const entry = sign * block.data[i * r + j];
        data[(a * r + i) * order + b * r + j] = data[(b * r + i) * order + a * r + j] = entry;
      }
    }
  };
  if (!isJoint(loss)) {
    add(0, 0, 1, isOpen);
    return { rows: order, cols: order, data };
  }
  // How often each row holds a pair of the classes a and b <= a; of a class with itself, how often it is in one.
  const counts = Array.from({ length: m }, () => new Float64Array(n));
  for (let a = 0; a < m; a++) {
    counts.forEach((count) => count.fill(0));
    pairs.forEach(({ row, own, other }, at) => {
      if (!isOpen[at] || own !== a && other !== a) return;
      counts[a][row]++;
      counts[own === a ? other : own][row]++;
    });
    for (let b = 0; b <= a; b++) add(a, b, a === b ? 1 : -1, counts[b]);
  }
  return { rows: order, cols: order, data };
}

/** The part of the weights that the constraints leave free. */
function project(felt: Matrix, weights: Vector, { kernels }: LinearObjective, n: number): Vector {
  const { values, vectors } = eigen(kernels, felt);
  const order = values.length;
  const out = new Float64Array(order);
  for (let at = 0; at < order && values[at] <= 1e-13 * n; at++) {
    const vector = vectors.data.subarray(at * order, (at + 1) * order);
    let share = 0;
    for (let i = 0; i < order; i++) share += vector[i] * weights[i];
    for (let i = 0; i < order; i++) out[i] += share * vector[i];
  }
  return out;
}

function faceOf({ loss, y, outputs: m, weights }: LinearObjective, open: readonly Pair[]): Face {
  const rows = [...new Set(open.map(({ row }) => row))].sort((a, b) => a - b);
  const stays = new Set(rows);
  const n = y.length / m;
  let fallen = 0;
  for (let i = 0; i < n; i++) {
    if (stays.has(i)) continue;
    fallen += (weights === null ? 1 : weights[i]) * infimumOfRow(loss, y, m, i);
  }
  if (!isJoint(loss)) return { rows, loss, y: Float64Array.from(rows, (row) => y[row]), fallen };
  const left = new Float64Array(rows.length * m).fill(LEFT_OUT);
  const place = new Map(rows.map((row, i) => [row, i]));
  for (const { row, own, other } of open) {
    const at = place.get(row)! * m;
    left[at + own] = 1;
    left[at + other] = 0;
  }
  return { rows, loss: maskedSoftmax, y: left, fallen };
}

function largest(values: Vector): number {
  let most = 0;
  for (let at = 0; at < values.length; at++) most = Math.max(most, Math.abs(values[at]));
  return most;
}
