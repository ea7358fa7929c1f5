import type { Browser, Page } from "npm:playwright-core@1.65.1";
import { residentSize } from "../support/resident_size.ts";

/** Megabytes that the page and its worker hold. */
export interface MemorySample {
  /** Seconds since the first sample. */
  readonly seconds: number;
  /** Of the process that shows pages, which the worker is a thread of, when memory was said to be short. */
  readonly resident: number;
  /** Of the page's own heap, after its garbage was collected. */
  readonly heap: number;
  /** Times that training began anew. */
  readonly restarts: number;
}

/**
 * Trains on an opened page as fast as possible, anew whenever it is done, and looks at the memory now and then.
 *
 * @param browser Whose processes are looked at.
 * @param page The page, opened with the settings to train with.
 * @param seconds How long; `every` how often it is looked at.
 */
export async function watchMemory(
  browser: Browser,
  page: Page,
  { seconds, every }: { readonly seconds: number; readonly every: number },
): Promise<readonly MemorySample[]> {
  const session = await page.context().newCDPSession(page);
  const processes = await browser.newBrowserCDPSession();
  const began = performance.now();
  const samples: MemorySample[] = [];
  let restarts = 0;
  const elapsed = () => (performance.now() - began) / 1000;
  await page.selectOption("#speed", "max");
  await page.click("#play");
  while (elapsed() < seconds) {
    await page.waitForTimeout(Math.min(every, 1) * 1000);
    if (await page.isDisabled("#play")) {
      restarts++;
      await page.click("#restart");
      await page.waitForSelector('#status:has-text("epoch 0")');
      await page.click("#play");
    }
    if (elapsed() < (samples.length + 1) * every) continue;
    await session.send("HeapProfiler.collectGarbage");
    // The worker's garbage, and what allocators keep for later, are given back too: else the process grows with how long it was let alone.
    await session.send("Memory.simulatePressureNotification", { level: "critical" });
    await page.waitForTimeout(200);
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    const { processInfo } = await processes.send("SystemInfo.getProcessInfo");
    const sizes = await Promise.all(
      processInfo.filter(({ type }) => type === "renderer").map(({ id }) => residentSize(id)),
    );
    samples.push({
      seconds: elapsed(),
      // Of several, such as that of an empty first page, ours is the largest.
      resident: Math.max(...sizes.map((size) => size ?? 0)),
      heap: usedSize / 2 ** 20,
      restarts,
    });
  }
  return samples;
}

/**
 * By how many megabytes a size rose: its lowest in the last third of the samples less its lowest in the middle third. The lowest is what is in
 * use; what lies above it is garbage that was not yet collected, by how chance had it. The first third fills what is kept for later.
 */
export function rise(samples: readonly MemorySample[], size: "resident" | "heap"): number {
  const third = Math.floor(samples.length / 3);
  const lowest = (from: number, to: number) => Math.min(...samples.slice(from, to).map((sample) => sample[size]));
  return lowest(samples.length - third, samples.length) - lowest(third, samples.length - third);
}
