/** The style of every page: light, dark, and print. */
const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; overflow-wrap: break-word; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
th:first-child, td:first-child, .text { text-align: left; }
th:first-child, td:first-child { white-space: nowrap; }
figure { margin: 1rem 0; }
img, svg { max-width: 100%; height: auto; border-radius: .4rem; }
@media print { body { margin: 0; max-width: none; } .scroll { overflow: visible; } figure, tr { break-inside: avoid; } }
math[display="block"] { overflow-x: auto; overflow-y: hidden; padding: .3rem 0; }
td.text:last-child { min-width: 16rem; }
.verdict { font-size: 1.15rem; border-left: .3rem solid; padding-left: 1rem; }
.holds { border-color: #2a7a3f; } .fails { border-color: #b3261e; } .undecided, .outside { border-color: #a86b00; }
`;

/**
 * A self-contained HTML page: no scripts, no external resources.
 *
 * @param title The title, as text.
 * @param body The body, as HTML.
 * @returns The page.
 * @example A title is text
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * assertStringIncludes(htmlPage("a < b", "<p>Hello</p>"), "<title>a &lt; b</title>");
 * ```
 */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body.trim()}
</body>
</html>
`;
}

/**
 * A table; wide ones scroll on their own.
 *
 * @param header The names of the columns.
 * @param rows A text per cell.
 * @param text The columns that hold words and are set from the left; the others hold numbers.
 * @param links The address that the first cell of a row leads to, by row; none by default.
 * @returns HTML.
 * @example One cell that is a link
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const html = htmlTable(["name"], [["a & b"]], new Set([0]), ["a.html"]);
 * assertStringIncludes(html, '<td class="text"><a href="a.html">a &amp; b</a></td>');
 * ```
 */
export function htmlTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  text: ReadonlySet<number>,
  links: readonly string[] = [],
): string {
  const cells = (row: readonly string[], tag: "th" | "td", link?: string) =>
    row.map((cell, j) => {
      const shown = j === 0 && link !== undefined
        ? `<a href="${escapeHtml(link)}">${escapeHtml(cell)}</a>`
        : escapeHtml(cell);
      return `<${tag}${text.has(j) ? ' class="text"' : ""}${tag === "th" ? ' scope="col"' : ""}>${shown}</${tag}>`;
    }).join("");
  return `<div class="scroll"><table><thead><tr>${cells(header, "th")}</tr></thead><tbody>
${rows.map((row, i) => `<tr>${cells(row, "td", links[i])}</tr>`).join("\n")}
</tbody></table></div>`;
}

/**
 * A chart inside a page: the SVG as it is, on white so that it is legible on a dark page too; its own title and description are
 * the alternative in words.
 *
 * @param svg The file.
 * @returns HTML.
 * @example Inside a figure
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(htmlFigure("<svg></svg>"), "<figure><svg></svg></figure>");
 * ```
 */
export function htmlFigure(svg: string): string {
  return `<figure>${svg.trim()}</figure>`;
}

/**
 * Text as HTML shows it literally.
 *
 * @example Brackets
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(escapeHtml('<a href="b">'), "&lt;a href=&quot;b&quot;&gt;");
 * ```
 */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => names[character]);
}
