import { escapeHtml } from "./_escape.ts";
import { STYLE } from "./_style.ts";
import { rebuildSvg } from "./rebuild_svg.ts";

export { escapeHtml } from "./_escape.ts";

/** Makes markup of a text that this module knows to be markup. */
let trusted: (text: string) => Html;

/** Markup that {@linkcode markup} made: nothing in it is a text that was not escaped. No JSON and no file can hold one. */
export class Html {
  readonly #text: string;

  static {
    trusted = (text) => new Html(text);
  }

  private constructor(text: string) {
    this.#text = text;
  }

  /** The markup as text, for a file. */
  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: text and numbers, which are escaped; markup, which is not; several of them, one after another. */
export type HtmlPart = string | number | Html | readonly HtmlPart[];

/**
 * Markup from a template. Whatever is put in is shown literally, unless it is markup that this function made: it cannot be
 * forgotten to escape something. Attributes need quotes around what is put in.
 *
 * @param fixed The template, with its fixed markup.
 * @param parts What is put in.
 * @returns The markup.
 * @throws {TypeError} If something else is put in, such as a record from a file that should be a text.
 * @example A name that tries to be a tag
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const name = "<img onerror=alert(1)>";
 * assertEquals(String(markup`<p>${markup`<b>${name}</b>`}, ${[1, 2]}</p>`), "<p><b>&lt;img onerror=alert(1)&gt;</b>, 12</p>");
 * ```
 */
export function markup(fixed: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return trusted(fixed.map((text, at) => text + (at < parts.length ? escaped(parts[at]) : "")).join(""));
}

/** A part as it stands in markup; what is typed otherwise may still come from a file. */
function escaped(part: unknown): string {
  if (part instanceof Html) return part.toString();
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  if (Array.isArray(part)) return part.map(escaped).join("");
  throw new TypeError(`Cannot show ${part === null ? "null" : typeof part}: a page has texts and numbers`);
}

/**
 * Markup one after another, with a line end between.
 *
 * @param parts The parts.
 * @returns The markup.
 * @example Two paragraphs
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(String(htmlLines([markup`<p>a</p>`, markup`<p>b</p>`])), "<p>a</p>\n<p>b</p>");
 * ```
 */
export function htmlLines(parts: readonly Html[]): Html {
  return markup`${parts.map((part, at) => at === 0 ? part : markup`\n${part}`)}`;
}

/** What a page may do: show itself, in its own style, and the pictures of its folder. No script, no request, no form. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:; base-uri 'none'; form-action 'none'";

/** The style of every page, as markup. */
const STYLES = trusted(STYLE);

/**
 * A self-contained HTML page: no scripts, no external resources; its content security policy allows none.
 *
 * @param title The title, as text.
 * @param body The body.
 * @returns The page.
 * @example A title is text
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * assertStringIncludes(htmlPage("a < b", markup`<p>Hello</p>`), "<title>a &lt; b</title>");
 * ```
 */
export function htmlPage(title: string, body: Html): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLES}</style>
</head>
<body>
${trusted(body.toString().trim())}
</body>
</html>
`.toString();
}

/**
 * A table; wide ones scroll on their own.
 *
 * @param header The names of the columns.
 * @param rows A text per cell.
 * @param text The columns that hold words and are set from the left; the others hold numbers.
 * @param links The file beside the page that the first cell of a row leads to, by row; none by default.
 * @returns HTML.
 * @example One cell that is a link
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const table = htmlTable(["name"], [["a & b"]], new Set([0]), ["a.html"]);
 * assertStringIncludes(String(table), '<td class="text"><a href="a.html">a &amp; b</a></td>');
 * ```
 */
export function htmlTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  text: ReadonlySet<number>,
  links: readonly string[] = [],
): Html {
  const kind = (column: number) => text.has(column) ? markup` class="text"` : markup``;
  const cells = (row: readonly string[], link?: string) =>
    row.map((cell, j) => {
      const shown = j === 0 && link !== undefined ? markup`<a href="${fileName(link)}">${cell}</a>` : markup`${cell}`;
      return markup`<td${kind(j)}>${shown}</td>`;
    });
  return markup`<div class="scroll" tabindex="0"><table><thead><tr>${
    header.map((cell, j) => markup`<th${kind(j)} scope="col">${cell}</th>`)
  }</tr></thead><tbody>
${htmlLines(rows.map((row, i) => markup`<tr>${cells(row, links[i])}</tr>`))}
</tbody></table></div>`;
}

/**
 * The name of a file beside a page, for a link or a picture: no other folder, no other scheme.
 *
 * @param name The name.
 * @returns The same name.
 * @throws {TypeError} If it has other than letters of ASCII, digits, `_`, `.` and `-`, or does not start with a letter or a digit.
 * @example Only beside the page
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * assertEquals(fileName("theorem-1.html"), "theorem-1.html");
 * for (const name of ["../a.html", "javascript:alert(1)"]) assertThrows(() => fileName(name), TypeError, "Cannot link to");
 * ```
 */
export function fileName(name: string): string {
  if (/^[A-Za-z0-9][\w.-]*$/.test(name)) return name;
  throw new TypeError(`Cannot link to ${JSON.stringify(name)}: it is not the name of a file beside the page`);
}

/**
 * A chart inside a page: the SVG built anew from an allow-list, on white so that it is legible on a dark page too; its own title
 * and description are the alternative in words.
 *
 * @param svg The file.
 * @returns HTML.
 * @throws {SyntaxError} If the file holds anything but a plain drawing, as {@linkcode rebuildSvg} says.
 * @example Inside a figure
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(String(htmlFigure("<svg></svg>")), "<figure><svg></svg></figure>");
 * ```
 */
export function htmlFigure(svg: string): Html {
  return markup`<figure>${trusted(rebuildSvg(svg))}</figure>`;
}

/**
 * MathML of a formula that the program holds, as markup.
 *
 * @param mathml The `math` element, from a fixed formula; never from a file.
 * @returns HTML.
 * @throws {TypeError} If the text is not one `math` element, from its first character to its last.
 * @example The formula is not escaped
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * assertEquals(String(markup`<p>${htmlFormula("<math><mi>w</mi></math>")}</p>`), "<p><math><mi>w</mi></math></p>");
 * assertThrows(() => htmlFormula("<b>w</b>"), TypeError, "not one math element");
 * ```
 */
export function htmlFormula(mathml: string): Html {
  if (!/^<math\b[^]*<\/math>$/.test(mathml)) throw new TypeError("Cannot show the formula: it is not one math element");
  return trusted(mathml);
}
