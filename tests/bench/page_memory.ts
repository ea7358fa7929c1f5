/**
 * Ten minutes of training on the page with flat memory: `deno task test:memory` (`--minutes N` for another time). Trains the diabetes table as fast as
 * possible, anew after every 2000 epochs, and prints what the page's process and its heap hold. Fails where the second half of the time grew by more than
 * 1 MB a minute.
 *
 * @module
 */
import { makePage } from "../../tasks/tools/playground.ts";
import { startChromium } from "../browser/_chromium.ts";
import { growth, watchMemory } from "../browser/_memory.ts";

/** Growth that is none, in megabytes a minute: what the allocator keeps for itself moves by more from sample to sample. */
const FLAT = 1;

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
const later = samples.slice(Math.floor(samples.length / 2));
const slopes = (["resident", "heap"] as const).map((size) => growth(later, size));
console.log(`second half: ${slopes.map((slope) => slope.toFixed(2)).join(" and ")} MB a minute`);
if (slopes.some((slope) => slope > FLAT)) Deno.exit(1);
