import { assertAlmostEquals, assertEquals } from "@std/assert";
import { bundle as makeBundle } from "../../tasks/tools/bundle.ts";
import { temporaryFolder } from "../support/program.ts";
import { startChromium } from "./_chromium.ts";
import { type SmallCheck, smallCheck } from "./_small_check.ts";

/** The browser's V8 may be another one: sums are the same bits, Math.exp and the like may differ in the last. */
const TOLERANCE = 1e-12;

Deno.test("the library, bundled for the browser, does a small check in Chromium with the numbers of Deno", async () => {
  const browser = await startChromium();
  if (browser === null) {
    console.log("Chromium is not installed: the library was not run in it");
    return;
  }
  await using _closed = { [Symbol.asyncDispose]: () => browser.close() };
  await using folder = await temporaryFolder();
  const bundle = `${folder.path}/library.js`;
  await makeBundle(new URL("./_small_check.ts", import.meta.url), bundle, "browser");

  const page = await browser.newPage();
  const problems: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && problems.push(message.text())));
  page.on("pageerror", (error) => void problems.push(error.message));
  page.on("request", (request) => void (request.url().startsWith("http") && problems.push(request.url())));
  await page.setContent("<!doctype html><title>resland</title>");
  await page.addScriptTag({ type: "module", content: await Deno.readTextFile(bundle) });
  await page.waitForFunction("globalThis.smallCheck !== undefined");
  const found = await page.evaluate("globalThis.smallCheck()") as SmallCheck;

  const here = await smallCheck();
  assertEquals(problems, []);
  assertAlmostEquals(found.linear, here.linear, TOLERANCE);
  assertAlmostEquals(found.value, here.value, TOLERANCE);
  assertEquals([found.kernels, found.stationary, found.below], ["simd", true, true]);
});
