import { UsageError } from "../../src/cli/mod.ts";
import { neededMemory, type Work } from "../../src/train/mod.ts";
import { sizeText } from "./limited.ts";

/** What a command may take where the program may not ask how much memory the machine has. */
const UNKNOWN = 16 * 2 ** 30;

/** How much memory there is. */
export interface AvailableMemory {
  readonly bytes: number;
  /** Whether the machine was asked; a fixed limit otherwise. */
  readonly measured: boolean;
}

/** The memory that the machine has left, or 16 GB where the program may not ask; it never prompts. */
export function availableMemory(): AvailableMemory {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  if (state !== "granted") return { bytes: UNKNOWN, measured: false };
  const { available } = Deno.systemMemoryInfo();
  return available > 0 ? { bytes: available, measured: true } : { bytes: UNKNOWN, measured: false };
}

/**
 * Refuses work that needs more memory than there is, before it starts.
 *
 * @param work What it lays out.
 * @param repair What to do about it.
 * @param available How much memory there is.
 * @throws {UsageError} If the least that it needs is more.
 */
export function refuseOverMemory(work: Work, repair: string, available: AvailableMemory = availableMemory()): void {
  const needed = neededMemory(work);
  if (needed <= available.bytes) return;
  const room = available.measured
    ? `this machine has ${sizeText(available.bytes)} left`
    : `the limit is ${
      sizeText(available.bytes)
    } where the program may not ask the machine (--allow-sys=systemMemoryInfo)`;
  throw new UsageError(`this needs ${sizeText(needed)} of memory or more, and ${room}; ${repair}`);
}
