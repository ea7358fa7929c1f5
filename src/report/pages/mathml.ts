import katex from "npm:katex@0.19.1";

/**
 * A formula in TeX as MathML, which browsers draw with the reader's own fonts: nothing is fetched when the page is read.
 *
 * @param tex The formula.
 * @returns The `math` element, as a block; the TeX is kept inside as an annotation.
 * @throws {Error} If the TeX does not parse.
 * @example A fraction
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * assertStringIncludes(mathml(String.raw`\frac{1}{2}`), "<mfrac>");
 * ```
 */
export function mathml(tex: string): string {
  const html = katex.renderToString(tex, { output: "mathml", displayMode: true, throwOnError: true });
  return html.replace(/^<span class="katex">/, "").replace(/<\/span>$/, "");
}
