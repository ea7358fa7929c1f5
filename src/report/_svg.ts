import { escapeHtml } from "./_escape.ts";

/** The colours of pictures by name, on white. A page with a scheme of its own sets them as variables. */
export const ON_WHITE = {
  ink: "#1c2430",
  faint: "#5b6675",
  rule: "#d5dbe3",
  paper: "#ffffff",
  residual: "#1257b0",
  plain: "#a8480a",
  linear: "#8c1d40",
} as const;

/** A colour by its name, as a variable: {@linkcode onWhite} resolves it, or a page that has it. */
export const colour = (name: keyof typeof ON_WHITE): string => `var(--${name})`;

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
      "font-family": "system-ui, sans-serif",
      "font-size": 12,
      fill: colour("ink"),
      style: `background: ${colour("paper")}`,
    },
    element("title", {}, escapeHtml(title)) + element("desc", {}, escapeHtml(words)) + inside,
  );
}

/** A drawing with its variables resolved, so that it is a picture on white wherever it is shown. */
export function onWhite(svg: string): string {
  return svg.replace(
    /var\(--(\w+)\)/g,
    (variable, name: string) => Object.hasOwn(ON_WHITE, name) ? ON_WHITE[name as keyof typeof ON_WHITE] : variable,
  );
}
