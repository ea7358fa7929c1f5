import leven from "npm:leven@4.1.0";

/** How many letters may be wrong for a word to count as mistyped: a third of it, at least one. */
const tolerance = (word: string): number => Math.max(1, Math.floor(word.length / 3));

/**
 * The end of a sentence that offers the closest known word, or nothing when none is close.
 *
 * @param word What was typed.
 * @param known The words that exist.
 * @param prefix What stands before a word, such as `--`.
 * @returns For example `, did you mean --epochs?`, or an empty text.
 * @example One letter short
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(didYouMean("epoch", ["epochs", "seeds"], "--"), ", did you mean --epochs?");
 * assertEquals(didYouMean("xyz", ["epochs", "seeds"], "--"), "");
 * ```
 */
export function didYouMean(word: string, known: readonly string[], prefix = ""): string {
  const [best] = known
    .map((name) => ({ name, distance: leven(word, name) }))
    .filter(({ name, distance }) => distance <= tolerance(name))
    .sort((a, b) => a.distance - b.distance);
  return best ? `, did you mean ${prefix}${best.name}?` : "";
}
