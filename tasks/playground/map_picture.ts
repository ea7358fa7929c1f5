import { formatValue } from "../../src/report/mod.ts";
import { contours, type Field, lengthOf, type Point } from "./contours.ts";
import { drawing, element, label, line, px } from "./svg.ts";
import { linearTicks, tickText } from "./ticks.ts";

/** What a map of a loss shows. */
export interface LossMap {
  /** The losses over a rectangle. */
  readonly field: Field;
  /** The level of the best linear predictor. */
  readonly linear: number;
  /** Curves to draw as that level, where its contour cannot be found because no loss is below it; null to find it. */
  readonly level: readonly (readonly Point[])[] | null;
  /** The names of the axes. */
  readonly axes: readonly [x: string, y: string];
  readonly title: string;
  /** The course of training. */
  readonly path: readonly Point[];
  /** Where the point is; null for nowhere. */
  readonly point: Point | null;
  /** Radius of a disc about 0 that (w, v) is kept in; null for none. */
  readonly disc: number | null;
}

const MARGIN = { top: 10, right: 12, bottom: 40, left: 54 };

/** Contours below the linear level and above it, and the shortest that gets a label, in pixels. */
const [BELOW, ABOVE, LONG] = [4, 6, 90];

/** The least distance of two labels, across and down. */
const APART = [44, 16];

/** The largest loss that has a colour of its own, in spreads of the loss below the linear level. */
const FAR = 60;

/** Where a map draws a point of its plane, and back. */
export interface Scale {
  readonly toPixels: (point: Point) => Point;
  readonly toPlane: (pixels: Point) => Point;
}

/** The scale of a map of some size. */
export function scaleOf({ xs, ys }: Pick<Field, "xs" | "ys">, width: number, height: number): Scale {
  const [x0, x1, y0, y1] = [MARGIN.left, width - MARGIN.right, height - MARGIN.bottom, MARGIN.top];
  const [left, right, low, high] = [xs[0], xs[xs.length - 1], ys[0], ys[ys.length - 1]];
  return {
    toPixels: ([x, y]) => [x0 + (x1 - x0) * (x - left) / (right - left), y0 + (y1 - y0) * (y - low) / (high - low)],
    toPlane: ([x, y]) => [left + (right - left) * (x - x0) / (x1 - x0), low + (high - low) * (y - y0) / (y1 - y0)],
  };
}

/**
 * The levels to draw: some below the linear level, spread evenly, and some above it, further apart as they rise.
 *
 * @param low The least loss.
 * @param high The greatest finite loss.
 * @param linear The linear level, which is not among them.
 */
export function levelsOf(low: number, high: number, linear: number): readonly number[] {
  const below = linear > low ? Array.from({ length: BELOW - 1 }, (_, i) => low + (linear - low) * (i + 1) / BELOW) : [];
  const from = Math.max(linear, low);
  const span = Math.min(high - from, FAR * spreadOf(low, high, linear));
  const above = span > 0 ? Array.from({ length: ABOVE }, (_, i) => from + span * 2.2 ** (i - ABOVE + 1)) : [];
  return [...below, ...above];
}

/** How much the loss varies near the linear level. */
const spreadOf = (low: number, high: number, linear: number): number =>
  linear > low ? Math.max(linear - low, 0.02 * (high - linear)) : 0.05 * (high - low);

/** The colour of a loss: blue below the linear level, red above it, pale at it. */
export function colourOf(value: number, low: number, high: number, linear: number): string {
  const mix = (share: number, end: readonly number[]) =>
    `rgb(${[247, 245, 242].map((pale, i) => Math.round(pale + (end[i] - pale) * share)).join(" ")})`;
  if (value <= linear) {
    return mix(linear > low ? 0.15 + 0.75 * ((linear - value) / (linear - low)) : 0.15, [33, 102, 172]);
  }
  const [from, pale] = linear < low ? [low, 0.3] : [linear, 0.1];
  const spread = spreadOf(low, high, linear);
  const most = Math.log1p(Math.min(FAR, (high - from) / spread));
  const above = Number.isFinite(value) && most > 0 ? Math.log1p((value - from) / spread) / most : 1;
  return mix(pale + (0.9 - pale) * Math.min(1, above), [178, 24, 43]);
}

/**
 * A loss over a plane: colours, contours with labels, the linear level as a thick one, the course of training and the point.
 *
 * @param map What to show.
 * @param width Of the picture, in pixels.
 * @param height Of the picture.
 */
export function mapPicture(map: LossMap, width: number, height: number): string {
  const { field, linear, axes, title, path, point, disc } = map;
  const { xs, ys, values } = field;
  const { toPixels } = scaleOf(field, width, height);
  const [x0, x1, y0, y1] = [MARGIN.left, width - MARGIN.right, height - MARGIN.bottom, MARGIN.top];
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const drawn = contoursOf(field, levelsOf(low, high, linear), toPixels);
  const levels = (map.level ?? contours(field, linear)).map((curve) =>
    line(curve.map(toPixels), { stroke: "#101418", "stroke-width": 3.5, "stroke-linejoin": "round" })
  ).join("");
  const ticksX = linearTicks(xs[0], xs[xs.length - 1], 5).map((tick) => {
    const [x] = toPixels([tick, 0]);
    return label(tickText(tick), x, y0 + 16, { "text-anchor": "middle", class: "faint" });
  });
  const ticksY = linearTicks(ys[0], ys[ys.length - 1], 5).map((tick) => {
    const [, y] = toPixels([0, tick]);
    return label(tickText(tick), x0 - 7, y + 4, { "text-anchor": "end", class: "faint" });
  });
  const clip = `clip-${Math.round(width)}-${Math.round(height)}`;
  const ring = disc === null ? "" : line(
    Array.from({ length: 121 }, (_, i): Point => [disc * Math.cos(i * Math.PI / 60), disc * Math.sin(i * Math.PI / 60)])
      .map(toPixels),
    { stroke: "#101418", "stroke-width": 1.5, "stroke-dasharray": "2 4" },
  );
  const below = finite.filter((value) => value <= linear).length / Math.max(1, finite.length);
  const words = `Losses from ${formatValue(low, 4)} to ${formatValue(high, 4)}; the best linear predictor has ${
    formatValue(linear, 4)
  }, the thick contour; ${(100 * below).toFixed(0)} % of the plane is at or below it, blue.`;
  return drawing(
    { width, height, title, words },
    element(
      "defs",
      {},
      element("clipPath", { id: clip }, element("rect", { x: x0, y: y1, width: x1 - x0, height: y0 - y1 })),
    ) +
      element(
        "g",
        { "clip-path": `url(#${clip})` },
        element(
          "g",
          { "shape-rendering": "crispEdges" },
          cells(field, toPixels, (value) => colourOf(value, low, high, linear)),
        ) + drawn.lines + ring + levels +
          line(path.map(toPixels), { stroke: "#ffffff", "stroke-width": 4, "stroke-linejoin": "round" }) +
          line(path.map(toPixels), { stroke: "#101418", "stroke-width": 1.75, "stroke-linejoin": "round" }) +
          drawn.labels + (point === null ? "" : marker(toPixels(point))),
      ) +
      ticksX.join("") + ticksY.join("") +
      label(axes[0], (x0 + x1) / 2, height - 6, { "text-anchor": "middle", class: "faint" }) +
      label(axes[1], 0, 0, {
        "text-anchor": "middle",
        class: "faint",
        transform: `translate(13 ${Math.round((y0 + y1) / 2)}) rotate(-90)`,
      }),
  );
}

/** The point on a map. */
const marker = ([x, y]: Point): string =>
  element("circle", { cx: x, cy: y, r: 7, fill: "#ffd400", stroke: "#101418", "stroke-width": 2.5, class: "marker" });

/** Every number of a field as a rectangle about its place; neighbours of one colour are one. */
function cells({ xs, ys, values }: Field, toPixels: Scale["toPixels"], colour: (value: number) => string): string {
  const half = [(xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2];
  const parts: string[] = [];
  for (let j = 0; j < ys.length; j++) {
    const row = Array.from(xs, (_, i) => colour(values[j * xs.length + i]));
    for (let i = 0; i < xs.length;) {
      let end = i + 1;
      while (end < xs.length && row[end] === row[i]) end++;
      const [left, top] = toPixels([xs[i] - half[0], ys[j] + half[1]]);
      const [right, bottom] = toPixels([xs[end - 1] + half[0], ys[j] - half[1]]);
      parts.push(
        `<rect x="${px(left)}" y="${px(top)}" width="${px(right - left)}" height="${px(bottom - top)}" fill="${
          row[i]
        }"/>`,
      );
      i = end;
    }
  }
  return parts.join("");
}

/** Contours, and a label on each long one, at its middle. */
function contoursOf(field: Field, levels: readonly number[], toPixels: Scale["toPixels"]) {
  const lines: string[] = [];
  const labels: string[] = [];
  const taken: Point[] = [];
  for (const level of levels) {
    const curves = contours(field, level).map((curve) => curve.map(toPixels));
    for (const curve of curves) lines.push(line(curve, { stroke: "#101418", "stroke-width": 0.8, opacity: 0.55 }));
    const longest = curves.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0];
    if (longest === undefined || lengthOf(longest) < LONG) continue;
    const [x, y] = longest[Math.floor(longest.length / 2)];
    if (taken.some((one) => Math.abs(one[0] - x) < APART[0] && Math.abs(one[1] - y) < APART[1])) continue;
    taken.push([x, y]);
    labels.push(label(formatValue(level, 3), x, y + 4, { "text-anchor": "middle", class: "on-map", "font-size": 11 }));
  }
  return { lines: lines.join(""), labels: labels.join("") };
}
