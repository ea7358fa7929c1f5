import { escapeHtml } from "./_escape.ts";

/** A drawing of more characters is not read. */
const MOST_CHARACTERS = 64 << 20;

/** Elements are nested no deeper. */
const DEEPEST = 30;

/** Numbers, with units of a length, apart by spaces and commas. */
const NUMBERS = /^[-+\d.eE,\s%]*(px|em)?$/;
const COLOUR = /^(#[\da-fA-F]{3,8}|[a-zA-Z]{1,30}|(rgb|hsl)a?\([\d.,\s%]*\))$/;
const WORD = /^[\w-]*$/;
const TEXT = /^[^<>]*$/;
const PATH = /^[MmLlHhVvCcSsQqTtAaZz\d.,+\-eE\s]*$/;
const MOVES = /^((translate|rotate|scale)\([-+\d.eE,\s]*\)\s*)*$/;

/** What each attribute may hold; there is no other one. */
const ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  "aria-hidden": /^(true|false)$/,
  "aria-label": TEXT,
  "clip-path": /^url\(#[\w-]+\)$/,
  "clip-rule": WORD,
  class: /^[\w\s-]*$/,
  cx: NUMBERS,
  cy: NUMBERS,
  d: PATH,
  "dominant-baseline": WORD,
  dx: /^[-+\d.eE]*(em|px)?$/,
  dy: /^[-+\d.eE]*(em|px)?$/,
  fill: COLOUR,
  "fill-opacity": NUMBERS,
  "fill-rule": WORD,
  "font-family": /^[\w\s,-]*$/,
  "font-size": NUMBERS,
  "font-variant": WORD,
  "font-weight": WORD,
  height: NUMBERS,
  id: /^[\w-]+$/,
  opacity: NUMBERS,
  "paint-order": /^[a-z\s]*$/,
  points: NUMBERS,
  r: NUMBERS,
  role: /^img$/,
  rx: NUMBERS,
  ry: NUMBERS,
  stroke: COLOUR,
  "stroke-dasharray": NUMBERS,
  "stroke-linecap": WORD,
  "stroke-linejoin": WORD,
  "stroke-miterlimit": NUMBERS,
  "stroke-opacity": NUMBERS,
  "stroke-width": NUMBERS,
  "shape-rendering": WORD,
  style: /^background: (white|#[\da-f]{6})(; color: black)?$/,
  "text-anchor": WORD,
  transform: MOVES,
  viewBox: NUMBERS,
  width: NUMBERS,
  x: NUMBERS,
  x1: NUMBERS,
  x2: NUMBERS,
  xmlns: /^http:\/\/www\.w3\.org\/2000\/svg$/,
  y: NUMBERS,
  y1: NUMBERS,
  y2: NUMBERS,
};

/** Read, and left out: they say nothing inside a page, which has its own style. */
const LEFT_OUT: ReadonlySet<string> = new Set(["class", "xmlns"]);

/** Elements that hold text alone. */
const TEXTS: ReadonlySet<string> = new Set(["title", "desc", "style"]);

/** The elements that a drawing is made of. */
const ELEMENTS: ReadonlySet<string> = new Set([
  ...TEXTS,
  ...[
    "svg",
    "g",
    "path",
    "line",
    "rect",
    "circle",
    "ellipse",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "defs",
    "clipPath",
  ],
]);

/** The one style sheet that is expected, which the library of the charts writes; it is left out. */
const STYLE_SHEET = /^(\s*(:where\(\.plot-\w+( text| tspan)?\),?\s*)+\{[\w\s:;%-]*\})*\s*$/;

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** A tag, at one place of the text. */
const TAG = /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;

const ATTRIBUTE = /([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * Builds a drawing anew from the elements and attributes that are known to be harmless: shapes, texts, colours, numbers. Nothing of
 * the file is copied as it stands, so that what this does not know cannot get into a page: scripts, event handlers, links, styles,
 * references outside, foreign markup. Cost: linear in the length.
 *
 * @param svg The drawing, as surface and spectrum write it.
 * @returns The drawing, for use inside HTML.
 * @throws {SyntaxError} At anything else, with its line.
 * @example A circle, and a picture from elsewhere
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * assertEquals(rebuildSvg('<svg><circle r="2"/></svg>'), '<svg><circle r="2"/></svg>');
 * assertThrows(() => rebuildSvg('<svg><image href="https://a.b/c.png"/></svg>'), SyntaxError, "line 1: <image> is no part of a drawing");
 * ```
 */
export function rebuildSvg(svg: string): string {
  const text = svg.trim();
  const open: string[] = [];
  const built: string[] = [];
  let at = 0;
  const refuse = (problem: string): never => {
    const line = text.slice(0, at).split("\n").length;
    throw new SyntaxError(`Cannot show the picture: line ${line}: ${problem}`);
  };
  if (text.length > MOST_CHARACTERS) return refuse(`it has more than ${MOST_CHARACTERS} characters`);
  while (at < text.length) {
    const next = text.indexOf("<", at);
    const words = textOf(text.slice(at, next < 0 ? text.length : next)) ?? refuse("an entity is not known");
    if (open.length === 0 && words.trim() !== "") return refuse("text stands outside the drawing");
    if (open.at(-1) !== "style") built.push(escapeHtml(words));
    else if (!STYLE_SHEET.test(words)) return refuse("it has a style sheet of its own");
    if (next < 0) break;
    at = next;
    TAG.lastIndex = at;
    const [whole, closes, name, attributes, empty] = TAG.exec(text) ?? refuse("the markup is not plain XML");
    if (!ELEMENTS.has(name)) return refuse(`<${name.slice(0, 40)}> is no part of a drawing`);
    const isShown = name !== "style";
    if (closes !== "") {
      if (open.pop() !== name || attributes !== "") return refuse(`</${name}> closes nothing`);
      if (isShown) built.push(`</${name}>`);
    } else {
      if ((open.length === 0) !== (name === "svg") || open.length === 0 && built.some((part) => part !== "")) {
        return refuse("a drawing is one <svg>");
      }
      if (TEXTS.has(open.at(-1) ?? "")) return refuse(`<${open.at(-1)}> holds more than text`);
      if (open.length >= DEEPEST) return refuse(`elements are nested more than ${DEEPEST} deep`);
      const kept = attributesOf(attributes, refuse);
      if (isShown) built.push(`<${name}${kept}${empty}>`);
      if (empty === "") open.push(name);
    }
    at += whole.length;
  }
  if (open.length > 0 || built.length === 0) return refuse("the drawing does not end");
  return built.join("");
}

/** The attributes of an element, each checked and written anew. */
function attributesOf(text: string, refuse: (problem: string) => never): string {
  const seen = new Set<string>();
  return Array.from(text.matchAll(ATTRIBUTE), ([, name, double, single]) => {
    const value = textOf(double ?? single) ?? refuse("an entity is not known");
    if (!Object.hasOwn(ATTRIBUTES, name)) return refuse(`the attribute ${name.slice(0, 40)} is no part of a drawing`);
    if (!ATTRIBUTES[name].test(value)) return refuse(`the attribute ${name} does not hold what a drawing has there`);
    if (seen.has(name)) return refuse(`the attribute ${name} is there twice`);
    seen.add(name);
    return LEFT_OUT.has(name) ? "" : ` ${name}="${escapeHtml(value)}"`;
  }).join("");
}

/** A text with its entities read; null where one is unknown, or a control character. */
function textOf(written: string): string | null {
  let isKnown = true;
  const text = written.replace(/&(#\d{1,7}|#x[\da-fA-F]{1,6}|\w{1,10})?;?/g, (whole, name: string | undefined) => {
    const code = name?.startsWith("#x")
      ? parseInt(name.slice(2), 16)
      : name?.startsWith("#")
      ? Number(name.slice(1))
      : null;
    const known = code !== null
      ? code < 0x110000 ? String.fromCodePoint(code) : undefined
      : Object.hasOwn(ENTITIES, name ?? "")
      ? ENTITIES[name!]
      : undefined;
    isKnown &&= known !== undefined && whole.endsWith(";");
    return known ?? "";
  });
  // deno-lint-ignore no-control-regex
  return isKnown && !/[\0-\x08\x0b-\x1f\x7f]/.test(text) ? text : null;
}
