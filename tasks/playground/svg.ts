import { escapeHtml } from "../../src/report/mod.ts";

/** A coordinate in a drawing: a hundredth of a pixel is enough. */
export const px = (value: number): string => String(Math.round(value * 100) / 100);

/** An element: its attributes, and what is in it. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  inside = "",
): string {
  const written = Object.entries(attributes)
    .flatMap(([key, value]) =>
      value === undefined ? [] : [` ${key}="${escapeHtml(typeof value === "number" ? px(value) : value)}"`]
    )
    .join("");
  return `<${name}${written}>${inside}</${name}>`;
}

/** Text at a place. */
export const label = (
  text: string,
  x: number,
  y: number,
  attributes: Readonly<Record<string, string | number>> = {},
): string => element("text", { x, y, ...attributes }, escapeHtml(text));

/** A curve through points in pixels; a point that is not finite breaks it. */
export function line(
  points: readonly (readonly [number, number])[],
  attributes: Readonly<Record<string, string | number>>,
): string {
  let pen = "M";
  const d = points.map(([x, y]) => {
    if (!(Number.isFinite(x) && Number.isFinite(y))) {
      pen = "M";
      return "";
    }
    const step = `${pen}${px(x)},${px(y)}`;
    pen = "L";
    return step;
  }).join("");
  return element("path", { d, fill: "none", ...attributes });
}

/** A drawing with a name and its content in words. */
export function drawing(
  { width, height, title, words }: {
    readonly width: number;
    readonly height: number;
    readonly title: string;
    readonly words: string;
  },
  inside: string,
): string {
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      class: "picture",
    },
    element("title", {}, escapeHtml(title)) + element("desc", {}, escapeHtml(words)) + inside,
  );
}

/** The colours of pictures, by name; the page has those of its scheme, a saved picture the light ones. */
export const COLOURS = {
  light: {
    ink: "#1c2430",
    faint: "#5b6675",
    rule: "#d5dbe3",
    paper: "#ffffff",
    residual: "#1257b0",
    plain: "#a8480a",
    linear: "#8c1d40",
  },
  dark: {
    ink: "#e8edf4",
    faint: "#a4b0c0",
    rule: "#3a4556",
    paper: "#161c26",
    residual: "#7fb5ff",
    plain: "#ffab70",
    linear: "#ff8fb0",
  },
} as const;

/** The style of pictures: classes to colours, which a page sets as variables. */
export const PICTURE_STYLE = `
.picture { background: var(--paper); font: 12px system-ui, sans-serif; }
.picture text { fill: var(--ink); }
.picture .faint { fill: var(--faint); }
.picture .rule { stroke: var(--rule); stroke-width: 1; }
.picture .residual { stroke: var(--residual); stroke-width: 2.25; }
.picture .plain { stroke: var(--plain); stroke-width: 2.25; }
.picture .held { stroke-width: 1.25; opacity: .75; stroke-dasharray: 1.5 2.5; }
.picture .linear { stroke: var(--linear); stroke-width: 2.25; stroke-dasharray: 8 5; }
.picture .linear.held { stroke-width: 1.25; }
.picture .name { font-weight: 600; }
.picture text.residual { fill: var(--residual); stroke: none; }
.picture text.plain { fill: var(--plain); stroke: none; }
.picture text.linear { fill: var(--linear); stroke: none; }
.picture .on-map { fill: #101418; stroke: #ffffff; stroke-width: 3; paint-order: stroke; stroke-linejoin: round; }
`;

/** The variables of a scheme, as CSS. */
export const variables = (scheme: keyof typeof COLOURS): string =>
  Object.entries(COLOURS[scheme]).map(([name, value]) => `--${name}: ${value};`).join(" ");

/** A picture of the page as a file of its own. */
export function standalone(svg: string): string {
  const style = `<style>:root { ${variables("light")} }${PICTURE_STYLE}</style>`;
  return `${svg.replace(/(<\/desc>)/, `$1${style}`)}\n`;
}
