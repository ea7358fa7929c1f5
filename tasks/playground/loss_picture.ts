import { drawing, element, formatValue, label, line, ticksOf, tickText } from "../../src/report/internal_drawing.ts";

/** A loss at the end of an epoch. */
export type LossPoint = readonly [epoch: number, loss: number];

/** What the picture of training shows. */
export interface Losses {
  /** The residual network, on the training rows. */
  readonly residual: readonly LossPoint[];
  /** The same network without the skip. */
  readonly plain: readonly LossPoint[];
  /** The residual network on the held-out rows; empty without any. */
  readonly residualHeldOut: readonly LossPoint[];
  /** The plain network on the held-out rows. */
  readonly plainHeldOut: readonly LossPoint[];
  /** The best linear predictor's loss on the training rows. */
  readonly linear: number;
  /** Its loss on the held-out rows; null without any. */
  readonly linearHeldOut: number | null;
  /** The epochs that the axis has. */
  readonly epochs: number;
  /** What the loss is. */
  readonly loss: string;
}

/** Room for names of curves at their right ends, and for the axes. */
const MARGIN = { top: 14, right: 176, bottom: 40, left: 58 };

/** Pictures narrower than this name their curves in a row below. */
const NARROW = 520;

/** The least distance of two names. */
const LINE = 15;

/** How far the axis goes above the linear level, as a factor, whatever a curve does. */
const HIGHEST = 100;

/**
 * Points of a curve, thinned out where there are more than a screen shows; the first and the last stay.
 *
 * @param points The curve.
 * @param most How many are left at most.
 */
export function thin<T>(points: readonly T[], most: number): readonly T[] {
  if (points.length <= most) return points;
  const stride = Math.ceil((points.length - 1) / (most - 1));
  return points.filter((_, at) => at % stride === 0 || at === points.length - 1);
}

/**
 * Losses over epochs, the level of the best linear predictor as a dashed line.
 *
 * @param losses What to show.
 * @param width Of the picture, in pixels.
 * @param height Of the picture.
 */
export function lossPicture(losses: Losses, width: number, height: number): string {
  const curves = curvesOf(losses);
  const frame = frameOf(losses, curves, width, height);
  const { isLog, x0, x1, y0, y1, onX, onY } = frame;
  const drawn = curves.map(({ kind, points }) =>
    line(thin(points, 320).map(([epoch, loss]) => [onX(epoch), onY(loss)]), { class: kind, "stroke-linejoin": "round" })
  ).join("");
  const levels = levelsOf(losses);
  const levelLines = levels.map(({ kind, loss }) =>
    element("line", { x1: x0, x2: x1, y1: onY(loss), y2: onY(loss), class: kind })
  ).join("");
  const ends = curves.flatMap(({ name, kind, points }): readonly End[] => {
    const last = points.findLast(([, loss]) => Number.isFinite(loss));
    return last ? [{ name, kind, x: onX(last[0]), y: onY(last[1]), loss: last[1] }] : [];
  });
  const heads = ends.filter(({ kind }) => !kind.includes("held"));
  const dots = heads.map(({ kind, x, y }) => element("circle", { cx: x, cy: y, r: 3.5, style: `fill: var(--${kind})` }))
    .join("");
  const names = namesOf([...levels.map((one) => ({ ...one, y: onY(one.loss) })), ...heads], frame);
  const axes = label("epoch", (x0 + x1) / 2, y0 + 33, { "text-anchor": "middle", class: "faint" }) +
    label(`${losses.loss}${isLog ? ", logarithmic" : ""}`, 0, 0, {
      "text-anchor": "middle",
      class: "faint",
      transform: `translate(13 ${Math.round((y0 + y1) / 2)}) rotate(-90)`,
    });
  return drawing(
    { width, height, title: "Loss over training", words: inWords(losses, ends) },
    gridOf(frame, losses.epochs) + axes + drawn + levelLines + dots + names,
  );
}

/** A curve, and how it is drawn. */
interface Curve {
  readonly name: string;
  readonly kind: string;
  readonly points: readonly LossPoint[];
}

const curvesOf = ({ residual, plain, residualHeldOut, plainHeldOut }: Losses): readonly Curve[] =>
  [
    { name: "with the skip", kind: "residual", points: residual },
    { name: "plain net", kind: "plain", points: plain },
    { name: "held out", kind: "residual held", points: residualHeldOut },
    { name: "held out", kind: "plain held", points: plainHeldOut },
  ].filter(({ points }) => points.length > 0);

/** The levels of the best linear predictor. */
const levelsOf = ({ linear, linearHeldOut }: Losses): readonly Omit<Name, "y">[] => [
  { name: "best linear", kind: "linear", loss: linear },
  ...linearHeldOut === null ? [] : [{ name: "linear, held out", kind: "linear held", loss: linearHeldOut }],
];

/** Where the curves are drawn, and which losses the axis has. */
interface Frame {
  readonly height: number;
  readonly isNarrow: boolean;
  readonly x0: number;
  readonly x1: number;
  /** Of the lower end. */
  readonly y0: number;
  readonly y1: number;
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
  readonly onX: (epoch: number) => number;
  readonly onY: (loss: number) => number;
}

function frameOf(losses: Losses, curves: readonly Curve[], width: number, height: number): Frame {
  const { linear, epochs } = losses;
  const isNarrow = width < NARROW;
  const [x0, y1] = [MARGIN.left, MARGIN.top];
  const [x1, y0] = [width - (isNarrow ? 12 : MARGIN.right), height - MARGIN.bottom - (isNarrow ? 4 * LINE : 0)];
  const known = [
    ...levelsOf(losses).map(({ loss }) => loss),
    ...curves.flatMap(({ points }) => points.map(([, loss]) => loss)),
  ].filter(Number.isFinite);
  const isLog = known.every((loss) => loss > 0);
  const top = Math.min(known.reduce((a, b) => Math.max(a, b)), linear + HIGHEST * (Math.abs(linear) || 1));
  const [low, high] = range(known.reduce((a, b) => Math.min(a, b)), top, isLog);
  const share = (loss: number) => isLog ? Math.log(loss / low) / Math.log(high / low) : (loss - low) / (high - low);
  return {
    ...{ height, isNarrow, x0, x1, y0, y1, low, high, isLog },
    onX: (epoch) => x0 + (x1 - x0) * epoch / Math.max(1, epochs),
    onY: (loss) => y0 + (y1 - y0) * Math.min(1, share(loss)),
  };
}

/** Rules with their losses, and epochs below. */
function gridOf({ x0, x1, y0, low, high, isLog, onX, onY }: Frame, epochs: number): string {
  const rules = ticksOf(low, high, isLog, 5).map((tick) =>
    element("line", { x1: x0, x2: x1, y1: onY(tick), y2: onY(tick), class: "rule" }) +
    label(tickText(tick), x0 - 7, onY(tick) + 4, { "text-anchor": "end", class: "faint" })
  );
  const below = ticksOf(0, Math.max(1, epochs), false, Math.max(2, Math.floor((x1 - x0) / 90))).map((tick) =>
    label(tickText(tick), onX(tick), y0 + 16, { "text-anchor": "middle", class: "faint" })
  );
  return [...rules, ...below].join("");
}

/** A name beside a curve's end, or beside a level. */
interface Name {
  readonly name: string;
  readonly kind: string;
  readonly loss: number;
  readonly y: number;
}

/** The end of a curve. */
interface End extends Name {
  readonly x: number;
}

/** Names beside the curves, or in rows below where there is no room. */
function namesOf(named: readonly Name[], { height, isNarrow, x0, x1, y0, y1 }: Frame): string {
  const places = isNarrow
    ? named.map((one, row) => ({ ...one, x: x0, y: height - (named.length - 1 - row) * LINE - 10 }))
    : apart(named, y1 + 4, y0).map((one) => ({ ...one, x: x1 + 8 }));
  return places.map(({ name, kind, x, y, loss }) =>
    label(`${name} ${formatValue(loss, 3)}`, x, y + 4, { class: `name ${kind}` })
  ).join("");
}

/** What the picture shows, for those who do not see it. */
const inWords = ({ linear }: Losses, ends: readonly End[]): string =>
  [
    `The best linear predictor: ${formatValue(linear, 5)} on the training rows.`,
    ...ends.map(({ name, kind, loss }) =>
      `${kind.startsWith("residual") ? "The residual network" : "The plain network"}${
        name === "held out" ? " on held-out rows" : ""
      }: ${formatValue(loss, 5)}.`
    ),
  ].join(" ");

/** The ends of an axis: a little more than the numbers on it. */
function range(low: number, high: number, isLog: boolean): readonly [number, number] {
  if (isLog) {
    const margin = Math.max((high / low) ** 0.06, 1.02);
    return [low / margin, high * margin];
  }
  const margin = Math.max(0.06 * (high - low), 0.02 * Math.max(Math.abs(high), Math.abs(low)), 1e-12);
  return [low - margin, high + margin];
}

/** Names moved apart, from top to bottom, and kept between two heights. */
export function apart<T extends { readonly y: number }>(
  names: readonly T[],
  top: number,
  bottom: number,
): readonly T[] {
  const sorted = names.toSorted((a, b) => a.y - b.y);
  const down: T[] = [];
  for (const one of sorted) down.push({ ...one, y: Math.max(one.y, (down.at(-1)?.y ?? -Infinity) + LINE, top) });
  let limit = bottom;
  return down.toReversed().map((one) => {
    const y = Math.min(one.y, limit);
    limit = y - LINE;
    return { ...one, y };
  }).toReversed();
}
