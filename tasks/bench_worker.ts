/**
 * A section of the bench, in a thread of its own.
 *
 * @module
 */
import { runSection, type Section } from "./bench/sections.ts";
import type { WorkerBody } from "./_workers.ts";

/** The inside of the worker. */
export const benchWorker: WorkerBody<Section, unknown> = (post) => async (section) => post(await runSection(section));
