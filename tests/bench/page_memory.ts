/**
 * Ten minutes of training on the page with flat memory: `deno task test:memory` (`--minutes N` for another time). Trains the diabetes table as fast as
 * possible, anew after every 2000 epochs, and prints what the page's process and its heap hold. Fails where either rose from the middle third of the
 * time to the last one.
 *
 * @module
 */
import { makePage } from "../../tasks/tools/playground.ts";
import { startChromium } from "../browser/_chromium.ts";
import { rise, watchMemory } from "../browser/_memory.ts";

/** Megabytes that are no rise. 80 kB lost whenever training begins anew, a hundred times in a third of ten minutes, would be more. */
const FLAT = { resident: 6, heap: 0.5 } as const;

const minutes = Number(Deno.args[Deno.args.indexOf("--minutes") + 1] ?? 10) || 10;
const browser = await startChromium();
if (browser === null) throw new Error("Chromium is not installed");
const folder = await Deno.makeTempDir({ prefix: "resland-page-" });
const { file } = await makePage(folder);
const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
await page.goto(`file://${file}#data=diabetes&epochs=2000`);
await page.waitForSelector("#losses svg");
// Of a busy machine, where a click may wait.
page.setDefaultTimeout(180_000);
const samples = await watchMemory(browser, page, { seconds: 60 * minutes, every: 1.5 * minutes });
for (const { seconds, resident, heap, restarts } of samples) {
  console.log(
    `${seconds.toFixed(0)} s: process ${resident.toFixed(0)} MB, heap ${heap.toFixed(1)} MB, ${restarts} restarts`,
  );
}
await browser.close();
await Deno.remove(folder, { recursive: true });
for (const size of ["resident", "heap"] as const) {
  const rose = rise(samples, size);
  console.log(`${size}: ${rose.toFixed(1)} MB from the lowest of the middle third to that of the last`);
  if (rose > FLAT[size]) Deno.exitCode = 1;
}
