/**
 * A section of the bench, in a thread of its own.
 *
 * @module
 */
import { runSection, type Section } from "../bench/sections.ts";

/** The inside of the worker. */
export function benchWorker(post: (message: unknown) => void): (section: Section) => Promise<void> {
  return async (section) => post(await runSection(section));
}
