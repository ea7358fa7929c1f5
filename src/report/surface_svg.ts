import { contourLevels, contours, type Grid, type LossRange, lossShade, type PlanePoint } from "../surface/mod.ts";
import { ticksOf, tickText } from "./_axes.ts";
import { colour, drawing, element, label, line, onWhite, px } from "./_svg.ts";
import { formatValue } from "./format.ts";

/** A loss over a plane, and what is drawn on it. */
export interface LossMap {
  /** The losses; those not computed, NaN, are left white. */
  readonly grid: Grid;
  /** The level of the best linear predictor. */
  readonly linear: number;
  /** What it shows. */
  readonly title: string;
  /** The names of the axes (default first and second direction). */
  readonly axes?: readonly [x: string, y: string];
  /** The course of training (default none). */
  readonly path?: readonly PlanePoint[];
  /** How far the path leads out of the plane at most (default nothing is said). */
  readonly drift?: number;
  /** Where the point is (default nowhere). */
  readonly point?: PlanePoint | null;
  /** Curves to draw as the linear level, where its contour cannot be found because no loss is below it (default it is found). */
  readonly level?: readonly (readonly PlanePoint[])[];
  /** Radius of a disc about 0 that the point is kept in (default none). */
  readonly disc?: number | null;
  /** Lines above the picture (default none). */
  readonly caption?: readonly string[];
}

/** The size of a picture in pixels. */
export interface PictureSize {
  /** Across. */
  readonly width: number;
  /** Down. */
  readonly height: number;
}

const MARGIN = { top: 10, right: 12, bottom: 40, left: 54 };

/** The height of a line of the caption. */
const LINE = 19;

/** The shortest contour that gets a label, in pixels, and the least distance of two labels, across and down. */
const [LONG, APART] = [90, [44, 16]] as const;

/** A letter of a label, and half the height of one, in pixels. */
const [LETTER, TALL] = [6.6, 8];

/** The ink on a map, whose colours are the same in every scheme. */
const INK = "#101418";

/** The colours far below the linear level, at it, and far above it. */
const [BELOW, AT, ABOVE] = [[33, 102, 172], [247, 245, 242], [178, 24, 43]] as const;

/** Where a map draws a point of its plane, and back. */
export interface MapScale {
  /** From the plane to the picture. */
  readonly toPixels: (point: PlanePoint) => PlanePoint;
  /** From the picture to the plane. */
  readonly toPlane: (pixels: PlanePoint) => PlanePoint;
}

/** The inner rectangle of a map: y grows downwards, so y0 is its lower edge. */
interface Frame {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

function frameOf({ width, height }: PictureSize, captions: number): Frame {
  const top = MARGIN.top + (captions > 0 ? captions * LINE + 4 : 0);
  return { x0: MARGIN.left, x1: width - MARGIN.right, y0: height - MARGIN.bottom, y1: top };
}

/**
 * The scale of a map of some size.
 *
 * @param grid Its coordinates.
 * @param size Its size.
 * @param captions Lines above it (default 0).
 * @example The middle
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const axis = Float64Array.of(-1, 1);
 * const { toPixels, toPlane } = mapScale({ alphas: axis, betas: axis }, { width: 266, height: 250 });
 * assertEquals([toPixels([0, 0]), toPlane([154, 110])], [[154, 110], [0, 0]]);
 * ```
 */
export function mapScale({ alphas, betas }: Pick<Grid, "alphas" | "betas">, size: PictureSize, captions = 0): MapScale {
  const { x0, x1, y0, y1 } = frameOf(size, captions);
  const [left, right, low, high] = [alphas[0], alphas[alphas.length - 1], betas[0], betas[betas.length - 1]];
  return {
    toPixels: ([x, y]) => [x0 + (x1 - x0) * (x - left) / (right - left), y0 + (y1 - y0) * (y - low) / (high - low)],
    toPlane: ([x, y]) => [left + (right - left) * (x - x0) / (x1 - x0), low + (high - low) * (y - y0) / (y1 - y0)],
  };
}

/**
 * A loss over a plane: colours, contours with labels, the linear level as a thick one with its label, the course of training and the point. Blue is
 * below the linear level, red above it.
 *
 * @param map What to show.
 * @param size Its size (default 620 x 560).
 * @returns A picture in SVG, which needs the variables of a page; {@linkcode surfaceSvg} makes a file of it.
 * @example A slope
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const across = Float64Array.of(0, 1, 2);
 * const grid = { alphas: across, betas: across, values: Float64Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2) };
 * assertStringIncludes(mapSvg({ grid, linear: 1, title: "A slope" }), "66.7 % of the points are at or below it");
 * ```
 */
export function mapSvg(map: LossMap, size: PictureSize = { width: 620, height: 560 }): string {
  const { grid, linear, title, path = [], point = null, disc = null, caption = [] } = map;
  const { toPixels } = mapScale(grid, size, caption.length);
  const frame = frameOf(size, caption.length);
  const { x0, x1, y0, y1 } = frame;
  const finite = grid.values.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const range = { low, high, linear };
  const drawn = contoursOf(grid, contourLevels(range), toPixels, frame);
  const levels = levelOf(map, toPixels, frame);
  const clip = `clip-${[size.width, size.height, y1].map(Math.round).join("-")}`;
  const track = path.map(toPixels);
  return drawing(
    { ...size, title, words: inWords(map, range, finite) },
    element("defs", {}, element("clipPath", { id: clip }, box(x0, y1, x1, y0, {}))) +
      caption.map((text, at) =>
        label(text, x0, MARGIN.top + 9 + at * LINE, {
          fill: at === 0 ? colour("ink") : colour("faint"),
          ...at === 0 && { "font-size": 14, "font-weight": 600 },
        })
      ).join("") +
      element(
        "g",
        { "clip-path": `url(#${clip})` },
        cells(grid, toPixels, range) + drawn.lines + (disc === null ? "" : ring(disc, toPixels)) + levels.lines +
          line(track, { stroke: "#ffffff", "stroke-width": 4, "stroke-linejoin": "round" }) +
          line(track, { stroke: INK, "stroke-width": 1.75, "stroke-linejoin": "round" }) +
          labelsApart([...levels.labels, ...drawn.labels]) +
          (point === null ? "" : marker(toPixels(point))),
      ) +
      axes(map, size, toPixels),
  );
}

/**
 * The same as a file of its own, on white, with its title and a legend.
 *
 * @param map What to show.
 * @param size Its size (default 620 x 600).
 * @returns A file in SVG.
 * @example Five of nine points are at or below linear
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { axis } from "@resland/resland/surface";
 * const across = axis(3, [-1, 1]);
 * const grid = { alphas: across, betas: across, values: Float64Array.of(2, 1, 2, 1, 0, 1, 2, 1, 2) };
 * assertStringIncludes(surfaceSvg({ grid, linear: 1, title: "A bowl" }), "55.6 % of the points are at or below it.");
 * ```
 */
export function surfaceSvg(map: LossMap, size: PictureSize = { width: 620, height: 600 }): string {
  const known = [
    "thick line: the level of the best linear predictor; blue below it, red above",
    ...map.point ? ["yellow: the model"] : [],
    ...map.path?.length ? ["thin line: training"] : [],
  ].join("; ");
  return `${onWhite(mapSvg({ caption: [map.title, known], ...map }, size))}\n`;
}

/** The picture in words. */
function inWords({ grid, linear, drift }: LossMap, { low, high }: LossRange, finite: Float64Array): string {
  const below = grid.values.filter((value) => value <= linear).length;
  const missing = grid.values.filter(Number.isNaN).length;
  const known = grid.values.length - missing;
  const levels = finite.length === 0
    ? "No loss is finite"
    : `Losses from ${formatValue(low, 4)} to ${formatValue(high, 4)}`;
  const away = drift === undefined
    ? ""
    : `; the path of training is drawn on it, up to ${formatValue(drift, 3)} away from the plane`;
  return `${levels}; the best linear predictor has ${formatValue(linear, 4)}, the thick contour; ${
    (100 * below / Math.max(1, known)).toFixed(1)
  } % of the points are at or below it${away}${
    missing > 0 ? `; ${missing} cells are not computed and left white` : ""
  }.`;
}

/** The colour of a loss. */
function colourOf(value: number, range: LossRange): string {
  const shade = lossShade(value, range);
  const end = shade > 0 || value > range.linear ? ABOVE : BELOW;
  // Next to the linear level a colour is pale, and its side still to be seen; where all of a map is above, none is pale.
  const least = end === BELOW ? 0.15 : range.linear < range.low ? 0.3 : 0.1;
  const share = least + (0.9 - least) * Math.abs(shade);
  return `rgb(${AT.map((pale, i) => Math.round(pale + (end[i] - pale) * share)).join(" ")})`;
}

const box = (left: number, top: number, right: number, bottom: number, more: Readonly<Record<string, string>>) =>
  element("rect", { x: left, y: top, width: right - left, height: bottom - top, ...more });

/** Every number of a grid as a rectangle about its place; neighbours of one colour are one. */
function cells({ alphas, betas, values }: Grid, toPixels: MapScale["toPixels"], range: LossRange): string {
  const half = [(alphas[1] - alphas[0]) / 2, (betas[1] - betas[0]) / 2];
  const parts: string[] = [];
  for (let j = 0; j < betas.length; j++) {
    const row = Array.from(alphas, (_, i) => values[j * alphas.length + i]).map((value) =>
      Number.isNaN(value) ? null : colourOf(value, range)
    );
    for (let i = 0; i < alphas.length;) {
      let end = i + 1;
      while (end < alphas.length && row[end] === row[i]) end++;
      const [left, top] = toPixels([alphas[i] - half[0], betas[j] + half[1]]);
      const [right, bottom] = toPixels([alphas[end - 1] + half[0], betas[j] - half[1]]);
      const fill = row[i];
      if (fill !== null) {
        parts.push(
          `<rect x="${px(left)}" y="${px(top)}" width="${px(right - left)}" height="${
            px(bottom - top)
          }" fill="${fill}"/>`,
        );
      }
      i = end;
    }
  }
  return element("g", { "shape-rendering": "crispEdges" }, parts.join(""));
}

/** A label of a contour, and where. */
interface ContourLabel {
  readonly text: string;
  readonly at: PlanePoint;
  readonly isThick: boolean;
}

/** A label on the longest of some curves, as near to its middle as it fits into the frame; none where the curve is short. */
function labelOf(
  curves: readonly (readonly PlanePoint[])[],
  { text, isThick, frame }: Omit<ContourLabel, "at"> & { readonly frame: Frame },
): readonly ContourLabel[] {
  const longest = curves.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0];
  if (longest === undefined || lengthOf(longest) < LONG) return [];
  const half = text.length * LETTER * (isThick ? 1.15 : 1) / 2;
  const middle = Math.floor(longest.length / 2);
  const at = longest.map((_, place) => place)
    .toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
    .map((place) => longest[place])
    .find(([x, y]) => x - half >= frame.x0 && x + half <= frame.x1 && y - TALL >= frame.y1 && y + TALL <= frame.y0);
  return at === undefined ? [] : [{ text, at, isThick }];
}

/** The length of a curve. */
const lengthOf = (curve: readonly PlanePoint[]): number =>
  curve.reduce((sum, [x, y], at) => at === 0 ? 0 : sum + Math.hypot(x - curve[at - 1][0], y - curve[at - 1][1]), 0);

/** Thin contours, and their labels. */
function contoursOf(grid: Grid, levels: readonly number[], toPixels: MapScale["toPixels"], frame: Frame) {
  const found = levels.map((level) => ({
    level,
    curves: contours(grid, level).map((curve) => curve.map(toPixels)),
  }));
  return {
    lines: found.flatMap(({ curves }) =>
      curves.map((curve) => line(curve, { stroke: INK, "stroke-width": 0.8, opacity: 0.55 }))
    ).join(""),
    labels: found.flatMap(({ level, curves }) =>
      labelOf(curves, { text: formatValue(level, 3), isThick: false, frame })
    ),
  };
}

/** The linear level, and its label. */
function levelOf({ grid, linear, level }: LossMap, toPixels: MapScale["toPixels"], frame: Frame) {
  const curves = (level ?? contours(grid, linear)).map((curve) => curve.map(toPixels));
  return {
    lines: curves.map((curve) => line(curve, { stroke: INK, "stroke-width": 3.5, "stroke-linejoin": "round" })).join(
      "",
    ),
    labels: labelOf(curves, { text: `linear ${formatValue(linear, 3)}`, isThick: true, frame }),
  };
}

/** Labels, but for those too near to an earlier one. */
function labelsApart(labels: readonly ContourLabel[]): string {
  const kept: ContourLabel[] = [];
  for (const one of labels) {
    const isNear = kept.some(({ at, isThick }) =>
      Math.abs(at[0] - one.at[0]) < APART[0] * (isThick ? 1.5 : 1) && Math.abs(at[1] - one.at[1]) < APART[1]
    );
    if (!isNear) kept.push(one);
  }
  return kept.map(({ text, at: [x, y], isThick }) =>
    label(text, x, y + 4, {
      fill: INK,
      stroke: "#ffffff",
      "stroke-width": 3,
      "stroke-linejoin": "round",
      "paint-order": "stroke",
      "text-anchor": "middle",
      "font-size": isThick ? 12 : 11,
      ...isThick && { "font-weight": 700 },
    })
  ).join("");
}

/** The edge of a disc about 0. */
const ring = (radius: number, toPixels: MapScale["toPixels"]): string =>
  line(
    Array.from(
      { length: 121 },
      (_, i): PlanePoint => [radius * Math.cos(i * Math.PI / 60), radius * Math.sin(i * Math.PI / 60)],
    ).map(toPixels),
    { stroke: INK, "stroke-width": 1.5, "stroke-dasharray": "2 4" },
  );

/** The point on a map. */
const marker = ([x, y]: PlanePoint): string =>
  element("circle", { cx: x, cy: y, r: 7, fill: "#ffd400", stroke: INK, "stroke-width": 2.5, class: "marker" });

/** Numbers along the axes, and their names. */
function axes(
  { grid: { alphas, betas }, axes: names = ["first direction", "second direction"], caption = [] }: LossMap,
  size: PictureSize,
  toPixels: MapScale["toPixels"],
): string {
  const { x0, x1, y0, y1 } = frameOf(size, caption.length);
  const faint = { fill: colour("faint") };
  const along = (axis: Float64Array) => ticksOf(axis[0], axis[axis.length - 1], false, 5);
  return [
    ...along(alphas).map((tick) =>
      label(tickText(tick), toPixels([tick, 0])[0], y0 + 16, { "text-anchor": "middle", ...faint })
    ),
    ...along(betas).map((tick) =>
      label(tickText(tick), x0 - 7, toPixels([0, tick])[1] + 4, { "text-anchor": "end", ...faint })
    ),
    label(names[0], (x0 + x1) / 2, size.height - 6, { "text-anchor": "middle", ...faint }),
    label(names[1], 0, 0, {
      "text-anchor": "middle",
      ...faint,
      transform: `translate(13 ${Math.round((y0 + y1) / 2)}) rotate(-90)`,
    }),
  ].join("");
}
