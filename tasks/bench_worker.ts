/**
 * A section of the bench, in a thread of its own.
 *
 * @module
 */
import { runSection, type Section } from "./bench/sections.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Section>) => void) | null;
  postMessage(message: unknown): void;
};

scope.onmessage = async ({ data }) => scope.postMessage(await runSection(data));
