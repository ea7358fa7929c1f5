/**
 * Text as HTML shows it literally; {@linkcode html} does this for whatever is put into it.
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
