/**
 * How fast the page is, in headless Chromium: first paint from disk, frames and epochs a second with the diabetes table, a map of 41 x 41 points, a CSV file
 * of 10 MB until it can be trained on: `deno run -A tests/bench/page_speed.ts`. Medians of a few rounds; exits with 1 where a limit is not kept.
 *
 * @module
 */
/// <reference lib="dom" />
import type { Page } from "npm:playwright-core@1.65.1";
import { makePage } from "../../tasks/tools/playground.ts";
import { startChromium } from "../browser/_chromium.ts";

const ROUNDS = 5;

const browser = await startChromium();
if (browser === null) throw new Error("Chromium is not installed");
const folder = await Deno.makeTempDir({ prefix: "resland-page-" });
const { file, bytes, gzipBytes } = await makePage(folder);

async function open(hash: string): Promise<Page> {
  const page = await browser!.newPage({ viewport: { width: 1200, height: 900 } });
  await page.goto(`file://${file}${hash}`);
  await page.waitForSelector("#surface svg");
  return page;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Milliseconds until the first paint with content, and until the first picture and its verdict. */
async function firstPaint(): Promise<readonly [paint: number, picture: number]> {
  const page = await browser!.newPage({ viewport: { width: 1200, height: 900 } });
  await page.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => {
      new MutationObserver((_, observer) => {
        if (document.querySelector("#losses svg") === null) return;
        observer.disconnect();
        requestAnimationFrame(() => Object.assign(globalThis, { pictured: performance.now() }));
      }).observe(document.body, { childList: true, subtree: true });
    });
  });
  await page.goto(`file://${file}`);
  await page.waitForFunction(() => "pictured" in globalThis);
  const found = await page.evaluate(() => [
    performance.getEntriesByName("first-contentful-paint")[0].startTime,
    (globalThis as unknown as { pictured: number }).pictured,
  ]);
  await page.close();
  return found as [number, number];
}

/** Frames a second while it trains, the longest gap between two in milliseconds, and epochs a second. */
async function whileTraining(): Promise<{ frames: number; longest: number; epochs: number }> {
  const page = await open("#data=diabetes&epochs=100000");
  await page.selectOption("#speed", "max");
  await page.click("#play");
  await page.waitForTimeout(500);
  const found = await page.evaluate(() =>
    new Promise<{ frames: number; longest: number; epochs: number }>((resolve) => {
      const epoch = () => Number(/epoch (\d+)/.exec(document.getElementById("status")!.textContent!)![1]);
      const [from, first, times] = [performance.now(), epoch(), [] as number[]];
      const look = (now: number): void => {
        times.push(now);
        if (now - from < 3000) return void requestAnimationFrame(look);
        const gaps = times.slice(1).map((time, i) => time - times[i]);
        const seconds = (now - from) / 1000;
        resolve({ frames: gaps.length / seconds, longest: Math.max(...gaps), epochs: (epoch() - first) / seconds });
      };
      requestAnimationFrame(look);
    })
  );
  await page.close();
  return found;
}

/** Milliseconds from a click until a map of 41 x 41 points is drawn. */
async function mapTime(plane: string): Promise<number> {
  const page = await open("#data=diabetes");
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    times.push(
      await page.evaluate((plane) =>
        new Promise<number>((resolve) => {
          const from = performance.now();
          new MutationObserver((_, observer) => {
            observer.disconnect();
            requestAnimationFrame(() => resolve(performance.now() - from));
          }).observe(document.getElementById("surface")!, { childList: true });
          (document.getElementById("plane") as HTMLSelectElement).value = plane;
          document.getElementById("map")!.click();
        }), plane),
    );
  }
  await page.close();
  return median(times);
}

/** Milliseconds from dropping a CSV file of 10 MB until it can be trained on. */
async function largeFile(): Promise<number> {
  const path = `${folder}/large.csv`;
  const rows = Array.from(
    { length: 100_000 },
    (_, row) =>
      Array.from({ length: 11 }, (_, column) => Math.sin(row * 0.37 + column * (1 + row % 7)).toFixed(6)).join(","),
  );
  const text = `a,b,c,d,e,f,g,h,i,j,y\n${rows.join("\n")}\n`;
  await Deno.writeTextFile(path, text);
  const page = await open("");
  const from = performance.now();
  await page.setInputFiles("#file", path);
  await page.waitForFunction(() =>
    document.getElementById("notes")!.textContent!.includes("75000 rows") &&
    document.getElementById("status")!.textContent!.startsWith("epoch 0")
  );
  const took = performance.now() - from;
  await page.close();
  console.log(`(a file of ${(text.length / 1e6).toFixed(1)} MB)`);
  return took;
}

const paints: (readonly [number, number])[] = [];
for (let round = 0; round < ROUNDS; round++) paints.push(await firstPaint());
const training = await whileTraining();
const results: readonly (readonly [what: string, value: number, unit: string, limit: readonly [number, number]])[] = [
  ["first paint from disk", median(paints.map(([paint]) => paint)), "ms", [0, 300]],
  ["first picture and verdict", median(paints.map(([, picture]) => picture)), "ms", [0, Infinity]],
  ["size", bytes / 1000, "KB", [0, 450]],
  ["size, compressed", gzipBytes / 1000, "KB", [0, 150]],
  ["frames a second while training", training.frames, "", [57, Infinity]],
  ["longest gap between two frames", training.longest, "ms", [0, Infinity]],
  ["epochs a second, diabetes, default settings", training.epochs, "", [20, Infinity]],
  ["map of 41 x 41 points, (w, V)", await mapTime("head"), "ms", [0, 400]],
  ["map of 41 x 41 points, random directions", await mapTime("random"), "ms", [0, 400]],
  ["map of 41 x 41 points, eigenvectors", await mapTime("hessian"), "ms", [0, 400]],
  ["a CSV file of 10 MB until it can be trained on", await largeFile(), "ms", [0, 2000]],
];
for (const [what, value, unit, [low, high]] of results) {
  const kept = value >= low && value <= high;
  console.log(`${what}: ${value.toFixed(0)} ${unit}${kept ? "" : " (LIMIT NOT KEPT)"}`);
}
await browser.close();
await Deno.remove(folder, { recursive: true });
if (results.some(([, value, , [low, high]]) => !(value >= low && value <= high))) Deno.exit(1);
