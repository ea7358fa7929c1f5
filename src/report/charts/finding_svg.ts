import * as Plot from "npm:@observablehq/plot@0.6.17";
import type { Chart } from "../../paper/mod.ts";
import { svgDocument, svgFile } from "./_svg_document.ts";

/** Red, blue, green, violet, ochre: told apart on white, by people who see fewer colours too. */
const COLOURS = ["#c21807", "#1b6ca8", "#2e9e6b", "#7a4fa3", "#b8860b"];

/** A point of a series, as it is drawn. */
interface Placed {
  readonly name: string;
  readonly at: number;
  readonly value: number;
}

/**
 * What a statement's experiment found: curves named at their right ends with bands behind them, clouds of points named in a legend. On
 * a logarithmic axis points that are not above 0 are left out.
 *
 * @param chart What to draw.
 * @returns A file in SVG.
 * @example The ends of a curve are there in words too
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const bound = { name: "bound", points: [[1, 8], [100, 2]] } as const;
 * const svg = findingSvg({ title: "Excess", x: "steps", y: "excess", series: [bound] });
 * assertStringIncludes(svg, "bound: from 8.00 at 1 to 2.00 at 100.");
 * ```
 */
export function findingSvg(chart: Chart): string {
  const { title, x, y, series, bands = [], equality = false } = chart;
  const axes = axesOf(chart);
  const placed = series.map(({ points, name, dots = false }): Series => ({
    name,
    dots,
    all: points,
    points: points.filter(([at, value]) => axes.show(at, value)).map(([at, value]): Placed => ({ name, at, value })),
  }));
  const curves = placed.filter(({ dots }) => !dots).flatMap(({ points }) => points);
  const clouds = placed.filter(({ dots }) => dots).flatMap(({ points }) => points);
  const areas = bands.flatMap(({ name, points }) =>
    points.filter(([at, low]) => axes.show(at, low)).map(([at, low, high]) => ({ name, at, low, high }))
  );
  const drawing = Plot.plot({
    document: svgDocument(),
    width: 720,
    height: 440,
    marginLeft: 70,
    marginTop: 44,
    marginRight: placed.some(({ dots }) => !dots) ? 200 : 180,
    x: scaleOf(x, axes.isLinear.x),
    y: scaleOf(y, axes.isLinear.y),
    color: { domain: series.map(({ name }) => name), range: COLOURS },
    marks: [
      Plot.areaY(areas, { x: "at", y1: "low", y2: "high", z: "name", fill: "name", fillOpacity: 0.18 }),
      equality ? Plot.line(diagonal([...curves, ...clouds]), { stroke: "#555", strokeDasharray: "4 3" }) : null,
      Plot.line(curves, { x: "at", y: "value", z: "name", stroke: "name", strokeWidth: 1.8 }),
      Plot.dot(curves, { x: "at", y: "value", fill: "name", r: 2.5 }),
      Plot.dot(clouds, { x: "at", y: "value", fill: "name", r: 2.2, fillOpacity: 0.55 }),
      ...namesOf(placed),
      Plot.text([title], { frameAnchor: "top-left", dy: -34, fontSize: 14 }),
    ],
  });
  return svgFile(drawing, title, `${placed.map(inWords).join("; ")}.`);
}

/** A series, with the points of it that the axes show. */
interface Series {
  readonly name: string;
  readonly dots: boolean;
  readonly all: readonly (readonly [number, number])[];
  readonly points: readonly Placed[];
}

/** Which axes are linear, and which points both show. */
function axesOf({ linear }: Chart) {
  const isLinear = { x: linear === "x" || linear === "both", y: linear === "y" || linear === "both" };
  return {
    isLinear,
    show: (at: number, value: number) =>
      Number.isFinite(at) && Number.isFinite(value) && (isLinear.x || at > 0) && (isLinear.y || value > 0),
  };
}

function scaleOf(label: string, isLinear: boolean) {
  const shared = { label, labelAnchor: "center" as const, nice: true, grid: true, ticks: 6 };
  return isLinear ? { type: "linear" as const, ...shared } : { type: "log" as const, ...shared, tickFormat: "~e" };
}

/** The names: of curves at their right ends, of clouds in a legend. */
function namesOf(placed: readonly Series[]) {
  const bold = { textAnchor: "start" as const, dx: 8, fontWeight: "bold" };
  return [
    Plot.text(rightEnds(placed), { x: "at", y: "value", text: "name", fill: "name", ...bold }),
    ...placed.filter(({ dots }) => dots).map(({ name }, index) =>
      Plot.text([name], {
        frameAnchor: "top-right",
        dy: 4 + 16 * index,
        fill: COLOURS[placed.findIndex((one) => one.name === name) % COLOURS.length],
        ...bold,
      })
    ),
  ];
}

/** The right end of each curve, where its name goes. */
function rightEnds(placed: readonly Series[]): readonly Placed[] {
  return placed.filter(({ dots, points }) => !dots && points.length > 0)
    .map(({ points }) => points.reduce((most, point) => point.at > most.at ? point : most));
}

/** From the least to the largest number that both axes show. */
function diagonal(points: readonly Placed[]): readonly (readonly [number, number])[] {
  const extent = (pick: (point: Placed) => number) =>
    points.reduce(([low, high], point) => [Math.min(low, pick(point)), Math.max(high, pick(point))], [
      Infinity,
      -Infinity,
    ]);
  const [[fromX, toX], [fromY, toY]] = [extent(({ at }) => at), extent(({ value }) => value)];
  const [from, to] = [Math.max(fromX, fromY), Math.min(toX, toY)];
  return from < to ? [[from, from], [to, to]] : [];
}

function inWords({ name, dots, all, points }: Series): string {
  if (dots) return `${name}: ${points.length} points`;
  const [first, last] = [all[0], all[all.length - 1]];
  return first
    ? `${name}: from ${first[1].toPrecision(3)} at ${first[0]} to ${last[1].toPrecision(3)} at ${last[0]}`
    : name;
}
