/** A point of a picture's plane. */
export type Point = readonly [x: number, y: number];

/** Numbers over a rectangle: row after row, each row at one y, its numbers at ascending x. */
export interface Field {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  /** [ys, xs]; what is not finite counts as very large. */
  readonly values: Float64Array;
}

/**
 * The curves on which a field has a level, by linear interpolation along the edges of its cells (marching squares; the two diagonal cases are
 * settled by the mean of the corners). A curve that is closed ends where it begins. Cost: one pass over the field.
 *
 * @param field The numbers.
 * @param level The level.
 */
export function contours({ xs, ys, values }: Field, level: number): readonly (readonly Point[])[] {
  const width = xs.length;
  const links = new Map<number, number[]>();
  const at = (i: number, j: number) => values[j * width + i];
  const isAbove = (value: number) => !(value <= level);
  // Edges have numbers: along x from (i, j) the even ones, along y the odd ones.
  const edge = (i: number, j: number, upwards: boolean) => 2 * (j * width + i) + Number(upwards);
  const link = (a: number, b: number) => {
    for (const [from, to] of [[a, b], [b, a]]) links.set(from, [...links.get(from) ?? [], to]);
  };
  for (let j = 0; j + 1 < ys.length; j++) {
    for (let i = 0; i + 1 < width; i++) {
      const corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
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
  const place = (number: number): Point => {
    const [cell, upwards] = [Math.floor(number / 2), number % 2 === 1];
    const [i, j] = [cell % width, Math.floor(cell / width)];
    const [near, far] = [at(i, j), upwards ? at(i, j + 1) : at(i + 1, j)];
    const share = Number.isFinite(near) && Number.isFinite(far) ? (level - near) / (far - near) : isAbove(near) ? 1 : 0;
    return upwards ? [xs[i], ys[j] + share * (ys[j + 1] - ys[j])] : [xs[i] + share * (xs[i + 1] - xs[i]), ys[j]];
  };
  return chains(links).map((chain) => chain.map(place));
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

/** The length of a curve. */
export function lengthOf(curve: readonly Point[]): number {
  return curve.reduce(
    (sum, [x, y], at) => at === 0 ? 0 : sum + Math.hypot(x - curve[at - 1][0], y - curve[at - 1][1]),
    0,
  );
}
