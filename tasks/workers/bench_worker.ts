/**
 * A section of the bench, in a thread of its own.
 *
 * @module
 */
import { runSection, type Section } from "../bench/sections.ts";

/** The worker's code. */
export function benchWorker(post: (message: unknown) => void): (section: Section) => Promise<void> {
  return async (section) => post(await runSection(section));
}
