import type { Grid } from "./grid.ts";

/** A place in a plane: its coordinates along the two directions. */
export type PlanePoint = readonly [alpha: number, beta: number];

/**
 * The curves on which a grid has a level, by linear interpolation along the edges of its cells (marching squares; the two diagonal cases are
 * settled by the mean of the corners). A curve that is closed ends where it begins; Infinity lies above every level, and a cell with a missing
 * corner has no curve. Cost: one pass over the grid.
 *
 * @param grid The numbers.
 * @param level The level.
 * @returns The curves, open ones first.
 * @example A slope has one straight contour
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const across = Float64Array.of(0, 1);
 * const grid = { alphas: across, betas: across, values: Float64Array.of(0, 2, 0, 2) };
 * assertEquals(contours(grid, 1), [[[0.5, 0], [0.5, 1]]]);
 * ```
 */
export function contours(grid: Grid, level: number): readonly (readonly PlanePoint[])[] {
  const { alphas, betas, values } = grid;
  const width = alphas.length;
  const at = (i: number, j: number) => values[j * width + i];
  const isAbove = (value: number) => !(value <= level);
  const place = (number: number): PlanePoint => {
    const [cell, upwards] = [Math.floor(number / 2), number % 2 === 1];
    const [i, j] = [cell % width, Math.floor(cell / width)];
    const [near, far] = [at(i, j), upwards ? at(i, j + 1) : at(i + 1, j)];
    const share = Number.isFinite(near) && Number.isFinite(far) ? (level - near) / (far - near) : isAbove(near) ? 1 : 0;
    return upwards
      ? [alphas[i], betas[j] + share * (betas[j + 1] - betas[j])]
      : [alphas[i] + share * (alphas[i + 1] - alphas[i]), betas[j]];
  };
  return chains(crossings(grid, isAbove)).map((chain) => chain.map(place));
}

/** For every edge that the level crosses, the one or two edges that its curve goes on to. Along alpha from (i, j) edges have even numbers, along beta odd ones. */
function crossings({ alphas, betas, values }: Grid, isAbove: (value: number) => boolean): Map<number, number[]> {
  const width = alphas.length;
  const links = new Map<number, number[]>();
  const edge = (i: number, j: number, upwards: boolean) => 2 * (j * width + i) + Number(upwards);
  const link = (a: number, b: number) => {
    for (const [from, to] of [[a, b], [b, a]]) links.set(from, [...links.get(from) ?? [], to]);
  };
  for (let j = 0; j + 1 < betas.length; j++) {
    for (let i = 0; i + 1 < width; i++) {
      const first = j * width + i;
      const corners = [values[first], values[first + 1], values[first + width + 1], values[first + width]];
      if (corners.some(Number.isNaN)) continue;
      const above = corners.map(isAbove);
      const edges = [edge(i, j, false), edge(i + 1, j, true), edge(i, j + 1, false), edge(i, j, true)];
      const crossed = edges.filter((_, side) => above[side] !== above[(side + 1) % 4]);
      if (crossed.length === 2) link(crossed[0], crossed[1]);
      if (crossed.length !== 4) continue;
      const middle = isAbove(corners.reduce((sum, value) => sum + value, 0) / 4);
      // The middle belongs to the corners of its kind: the curve cuts off the two others.
      const shift = middle === above[0] ? 0 : 1;
      link(crossed[shift], crossed[(shift + 1) % 4]);
      link(crossed[(shift + 2) % 4], crossed[(shift + 3) % 4]);
    }
  }
  return links;
}

/** Links between edges as chains: open ones from end to end first, then closed ones. */
function chains(links: ReadonlyMap<number, readonly number[]>): readonly (readonly number[])[] {
  const seen = new Set<number>();
  const follow = (start: number): number[] => {
    const chain = [start];
    seen.add(start);
    for (let last = start;;) {
      const next = links.get(last)!.find((one) => !seen.has(one));
      if (next === undefined) return chain;
      seen.add(next);
      chain.push(next);
      last = next;
    }
  };
  const open = [...links].filter(([, ends]) => ends.length === 1).map(([one]) => one);
  const found = open.flatMap((one) => seen.has(one) ? [] : [follow(one)]);
  for (const one of links.keys()) {
    if (seen.has(one)) continue;
    const chain = follow(one);
    found.push([...chain, chain[0]]);
  }
  return found;
}

/** Contours below the linear level, and above it. */
const [BELOW, ABOVE] = [4, 6];

/** The highest contour, in spreads of the loss below the linear level. */
const FAR = 60;

/** How much further apart contours are as they rise. */
const GROWTH = 2.2;

/** A loss over a plane beside the linear level. */
export interface LossRange {
  /** The least loss. */
  readonly low: number;
  /** The greatest finite loss. */
  readonly high: number;
  /** The level of the best linear predictor. */
  readonly linear: number;
}

/**
 * The levels to draw: three below the linear level, spread evenly, and six above it, further apart as they rise; the linear level itself is not
 * among them. What rises far above it would leave no contour near it, and has none.
 *
 * @param range The losses, and the linear level.
 * @returns The levels, ascending.
 * @example Around 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const levels = contourLevels({ low: 0, high: 10, linear: 1 });
 * assertEquals([levels.slice(0, 3), levels.length, levels[8]], [[0.25, 0.5, 0.75], 9, 10]);
 * ```
 */
export function contourLevels(range: LossRange): readonly number[] {
  const { low, high, linear } = range;
  const below = linear > low ? Array.from({ length: BELOW - 1 }, (_, i) => low + (linear - low) * (i + 1) / BELOW) : [];
  const from = Math.max(linear, low);
  const span = Math.min(high - from, FAR * lossSpread(range));
  const above = span > 0 ? Array.from({ length: ABOVE }, (_, i) => from + span * GROWTH ** (i - ABOVE + 1)) : [];
  return [...below, ...above];
}

/**
 * How much a loss varies near the linear level: what it is below it, or a share of what it is above.
 *
 * @example Mostly above
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(lossSpread({ low: 0, high: 10, linear: 1 }), 1);
 * ```
 */
export const lossSpread = ({ low, high, linear }: LossRange): number =>
  linear > low ? Math.max(linear - low, 0.02 * (high - linear)) : 0.05 * (high - low);

/**
 * How strong the colour of a loss is, from -1 (far below the linear level) over 0 (at it) to 1 (far above it): evenly below, by the logarithm above.
 *
 * @param value The loss.
 * @param range The losses, and the linear level.
 * @example The least, the linear level, what is not finite
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const range = { low: 0, high: 10, linear: 1 };
 * assertEquals([0, 0.5, 1, Infinity].map((value) => lossShade(value, range)), [-1, -0.5, 0, 1]);
 * ```
 */
export function lossShade(value: number, range: LossRange): number {
  const { low, high, linear } = range;
  if (value <= linear) return linear > low ? (value - linear) / (linear - low) : 0;
  const from = Math.max(linear, low);
  const spread = lossSpread(range);
  const most = Math.log1p(Math.min(FAR, (high - from) / spread));
  return Number.isFinite(value) && most > 0 ? Math.min(1, Math.log1p((value - from) / spread) / most) : 1;
}
