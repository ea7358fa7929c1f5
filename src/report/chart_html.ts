import { extentOf, ticksOf, tickText } from "./_axes.ts";
import { formatValue } from "./format.ts";
import { type Html, htmlLines, markup } from "./html.ts";

/** A colour of charts, by number; the page has a shade of each for light and for dark. */
export type ChartColour = 1 | 2 | 3 | 4 | 5 | 6;

/** A place in a chart. */
export type ChartPoint = readonly [x: number, y: number];

/** A curve. */
export interface ChartCurve {
  /** What it is; the key lists it once. */
  readonly name: string;
  /** Its colour. */
  readonly colour: ChartColour;
  /** Where it runs; a point that is not finite breaks it. */
  readonly points: readonly ChartPoint[];
  /** A line, a dashed one, dots only, or a thin dotted line that the key leaves out (default a line). */
  readonly as?: "line" | "level" | "dots" | "link";
}

/** A dashed line across. */
export interface ChartLevel {
  /** What it is. */
  readonly name: string;
  /** Its colour. */
  readonly colour: ChartColour;
  /** Where. */
  readonly value: number;
}

/** A point with a ring. */
export interface ChartMark {
  /** What it is; the key lists it once. */
  readonly name: string;
  /** Its colour. */
  readonly colour: ChartColour;
  /** Where. */
  readonly at: ChartPoint;
}

/** An axis. */
export interface ChartAxis {
  /** What it measures. */
  readonly label: string;
  /** Whether it is logarithmic; then all values are above 0 (default false). */
  readonly isLog?: boolean;
  /** Values that it reaches even where no point lies (default none). */
  readonly covers?: readonly number[];
  /** Its labels, where they are not round numbers, or not only. */
  readonly ticks?: readonly { readonly at: number; readonly text: string }[];
}

/** A chart as data. */
export interface Chart {
  /** What it shows. */
  readonly title: string;
  /** The horizontal axis. */
  readonly x: ChartAxis;
  /** The vertical axis. */
  readonly y: ChartAxis;
  /** The curves, each drawn over those before it. */
  readonly curves: readonly ChartCurve[];
  /** The levels (default none). */
  readonly levels?: readonly ChartLevel[];
  /** The marked points (default none). */
  readonly marks?: readonly ChartMark[];
  /** A sentence below it (default none). */
  readonly note?: string;
}

/** Size and margins in units of which a narrow screen shows about 0.8 pixels: text of 13 stays legible there. */
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [420, 290, 58, 16, 26, 44];

/** Curves of no more points have a dot at each. */
const MOST_DOTS = 40;

/** Curves of which the words tell the ends. */
const MOST_TOLD = 12;

/**
 * A chart as HTML: a figure with its title, a key, and a drawing in colours of the page, so that it is legible on dark and on light. The drawing says in
 * words what it shows. No script, no outside reference.
 *
 * @param chart What to draw.
 * @returns HTML; without a point to draw, the title and the note only.
 * @example A curve below a level
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const figure = chartHtml({
 *   title: "Two epochs", x: { label: "epoch" }, y: { label: "loss" },
 *   curves: [{ name: "training", colour: 1, points: [[0, 4], [1, 3], [2, 2]] }],
 *   levels: [{ name: "linear", colour: 2, value: 3 }],
 * });
 * assertStringIncludes(String(figure), "<desc>training: from 4 at 0 to 2 at 2; linear: 3.</desc>");
 * ```
 */
export function chartHtml(chart: Chart): Html {
  const { title, curves, levels = [], marks = [], note } = chart;
  const points = [...curves.flatMap((curve) => curve.points), ...marks.map(({ at }) => at)]
    .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const drawing = points.length === 0 ? "" : markup`${keyHtml(chart)}\n${drawingOf(chart, points, levels)}`;
  const below = note === undefined ? "" : markup`\n<p>${note}</p>`;
  return markup`<figure class="chart"><figcaption>${title}</figcaption>${drawing}${below}</figure>`;
}

/** Names with a sample of their lines, each once. */
function keyHtml({ curves, levels = [], marks = [] }: Chart): Html {
  const entries = [
    ...curves.filter(({ as }) => as !== "link").map(({ name, colour, as }) => [name, colour, as ?? "line"] as const),
    ...levels.map(({ name, colour }) => [name, colour, "level"] as const),
    ...marks.map(({ name, colour }) => [name, colour, "ring"] as const),
  ];
  const once = new Map(entries.map((entry) => [entry[0], entry]));
  const items = [...once.values()].map(([name, colour, kind]) =>
    markup`<li><i class="${kind} c${colour}"></i>${name}</li>`
  );
  // One thing alone is what the axis says.
  return items.length === 1 ? markup`` : markup`<ul class="key">${items}</ul>`;
}

/** From numbers to a span of pixels. */
function scaleOf(values: readonly number[], isLog: boolean, start: number, end: number) {
  const across = isLog ? Math.log10 : (value: number) => value;
  const [low, high] = extentOf(values).map(across);
  const pad = high > low ? 0.04 * (high - low) : Math.abs(low) * 0.05 || 1;
  const [from, to] = [low - pad, high + pad];
  const back = isLog
    ? (value: number) => Math.min(Number.MAX_VALUE, Math.max(Number.MIN_VALUE, 10 ** value))
    : (value: number) => value;
  return {
    place: (value: number) => round(start + (end - start) * (across(value) - from) / (to - from)),
    low: back(from),
    high: back(to),
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Without a label below it a chart is as much lower. */
const LABEL = 22;

function drawingOf(
  { title, x, y, curves, marks = [] }: Chart,
  points: readonly ChartPoint[],
  levels: readonly ChartLevel[],
): Html {
  const across = scaleOf(points.map(([at]) => at), x.isLog ?? false, LEFT, WIDTH - RIGHT);
  const ys = [...points.map(([, value]) => value), ...y.covers ?? [], ...levels.map(({ value }) => value)].filter(
    Number.isFinite,
  );
  const up = scaleOf(ys, y.isLog ?? false, HEIGHT - BOTTOM, TOP);
  const at = ([px, py]: ChartPoint) => [across.place(px), up.place(py)] as const;
  const labels = x.ticks ??
    ticksOf(across.low, across.high, x.isLog ?? false, 6).map((tick) => ({ at: tick, text: tickText(tick) }));
  const ticksX = apart(labels.map(({ at, text }) => ({ at: across.place(at), text }))).map(({ at, text }) =>
    markup`<text x="${at}" y="${HEIGHT - BOTTOM + 17}" text-anchor="middle">${text}</text>`
  );
  const ticksY =
    (y.ticks ?? ticksOf(up.low, up.high, y.isLog ?? false, 6).map((tick) => ({ at: tick, text: tickText(tick) })))
      .map(({ at, text }) =>
        markup`<path class="grid" d="M${LEFT},${up.place(at)}H${WIDTH - RIGHT}"/><text x="${LEFT - 6}" y="${
          round(up.place(at) + 4)
        }" text-anchor="end">${text}</text>`
      );
  const lines = levels.filter(({ value }) => Number.isFinite(value)).map(({ value, colour }) =>
    markup`<path class="level c${colour}" d="M${LEFT},${up.place(value)}H${WIDTH - RIGHT}"/>`
  );
  const drawn = curves.map(({ points, colour, as = "line" }) => {
    const places = points.map((point) => Number.isFinite(point[0]) && Number.isFinite(point[1]) ? at(point) : null);
    const path = as === "dots" ? "" : pathOf(places);
    const dots = as === "dots" || as === "line" && points.length <= MOST_DOTS
      ? places.map((place) =>
        place
          ? markup`<circle class="dot c${colour}" cx="${place[0]}" cy="${place[1]}" r="${as === "dots" ? 3.5 : 2.5}"/>`
          : ""
      )
      : "";
    return markup`${path === "" ? "" : markup`<path class="${as} c${colour}" d="${path}"/>`}${dots}`;
  });
  const rings = marks.map(({ colour, at: point }) => {
    const [cx, cy] = at(point);
    return markup`<circle class="ring c${colour}" cx="${cx}" cy="${cy}" r="6"/>`;
  });
  return markup`<svg viewBox="0 0 ${WIDTH} ${
    x.label === "" ? HEIGHT - LABEL : HEIGHT
  }" role="img"><title>${title}</title><desc>${wordsOf(curves, levels, marks)}</desc>
<text x="4" y="14">${y.label}</text><text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${
    HEIGHT - 6
  }" text-anchor="middle">${x.label}</text>
${[...ticksY, ...ticksX]}
${htmlLines([...lines, ...drawn, ...rings])}
</svg>`;
}

/** About how wide a letter is, and how far apart labels must be. */
const [LETTER, GAP] = [6.8, 4];

/** Labels below an axis that do not touch, the last of them first. */
function apart(labels: readonly { readonly at: number; readonly text: string }[]): typeof labels {
  let free = Infinity;
  return labels.toReversed().filter(({ at, text }) => {
    const half = LETTER * [...text].length / 2;
    if (at + half > free) return false;
    free = at - half - GAP;
    return true;
  }).reverse();
}

/** Lines from place to place, interrupted where there is none. */
function pathOf(places: readonly (readonly [number, number] | null)[]): string {
  return places.map((place, index) =>
    place === null ? "" : `${index > 0 && places[index - 1] ? "L" : "M"}${place[0]},${place[1]}`
  ).join("");
}

/** The ends of the curves, the levels and the marks. */
function wordsOf(curves: readonly ChartCurve[], levels: readonly ChartLevel[], marks: readonly ChartMark[]): string {
  const shown = (value: number) => formatValue(value, 4);
  const told = curves.filter(({ as }) => as !== "link").slice(0, MOST_TOLD).flatMap(({ name, points }) => {
    const known = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
    const [first, last] = [known[0], known[known.length - 1]];
    return first === undefined
      ? []
      : [`${name}: from ${shown(first[1])} at ${shown(first[0])} to ${shown(last[1])} at ${shown(last[0])}`];
  });
  return `${
    [
      ...told,
      ...levels.map(({ name, value }) => `${name}: ${shown(value)}`),
      ...marks.map(({ name, at }) => `${name}: ${shown(at[1])}`),
    ].join("; ")
  }.`;
}
