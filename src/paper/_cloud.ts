import type { Inequality } from "../landscape/mod.ts";
import type { Chart, Series } from "./types.ts";

/** Points of a cloud, at most: more cannot be told apart. */
const MOST = 500;

/** Points collected one by one for a chart; of many, evenly spaced ones are kept. */
export interface Cloud {
  /** Adds a point; one that is not finite is left out. */
  readonly add: (x: number, y: number) => void;
  /** What was kept, in order. */
  readonly points: () => readonly (readonly [number, number])[];
}

/** An empty cloud. When it is full every second point goes, and of those to come only every second one (fourth, ...) is taken. */
export function startCloud(most: number = MOST): Cloud {
  let [kept, seen, stride]: [(readonly [number, number])[], number, number] = [[], 0, 1];
  return {
    add(x, y) {
      if (!Number.isFinite(x) || !Number.isFinite(y)) return;
      if (seen++ % stride !== 0) return;
      kept.push([x, y]);
      if (kept.length < most) return;
      kept = kept.filter((_, i) => i % 2 === 0);
      stride *= 2;
    },
    points: () => kept,
  };
}

/** A cloud as a series of a chart. */
export const dots = (name: string, cloud: Cloud): Series => ({ name, points: cloud.points(), dots: true });

/** What a chart of both sides shows: beyond, exp of large predictions would leave the other points no room. */
const [LEAST, LARGEST] = [1e-9, 1e12];

/** Both sides of an inequality `left >= right` at many points, where they are from 1e-9 to 1e12: all lie on or below the line of equality. */
export function startSides(title: string, left: string, right: string): {
  readonly add: (inequality: Inequality) => void;
  readonly chart: () => Chart;
} {
  const cloud = startCloud();
  return {
    add({ left, right }) {
      if (Math.min(left, right) >= LEAST && Math.max(left, right) <= LARGEST) cloud.add(left, right);
    },
    chart: () => ({ title, x: left, y: right, equality: true, series: [dots("points", cloud)] }),
  };
}
