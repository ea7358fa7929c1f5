/// <reference lib="dom" />
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import axe from "npm:axe-core@4.14.1";
import type { Browser, BrowserContextOptions, Page } from "npm:playwright-core@1.65.1";
import { makePage } from "../../tasks/tools/playground.ts";
import { fileOf, SAMPLES } from "../../tasks/playground/samples.ts";
import { runHere, temporaryFolder } from "../support/program.ts";
import { startChromium } from "./_chromium.ts";
import { watchMemory } from "./_memory.ts";

/** Where screenshots go, to be looked at. */
const SHOTS = "runs/screenshots";

/** Room for the page, in bytes: on disk, and compressed. */
const [MOST, MOST_COMPRESSED] = [450_000, 150_000];

const browser = await startChromium();
const folder = await temporaryFolder();
const made = browser === null ? null : await makePage(folder.path);
if (browser === null) console.log("Chromium is not installed: the page was not opened");

Deno.test.afterAll(async () => {
  await browser?.close();
  await folder[Symbol.asyncDispose]();
});

/** An opened page, and everything that went wrong on it. */
interface Opened extends AsyncDisposable {
  readonly page: Page;
  readonly problems: readonly string[];
}

async function openPage(
  on: Browser,
  hash: string,
  options: BrowserContextOptions = {},
  file = made!.file,
): Promise<Opened> {
  const context = await on.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && problems.push(message.text())));
  page.on("pageerror", (error) => void problems.push(error.message));
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) problems.push(`asked for ${request.url()}`);
  });
  await page.goto(`file://${file}${hash}`);
  return { page, problems, [Symbol.asyncDispose]: () => context.close() };
}

const ready = (page: Page) => page.waitForSelector("#losses svg");

async function trainAll(page: Page): Promise<void> {
  await page.selectOption("#speed", "max");
  await page.click("#play");
  await page.waitForSelector('#status:has-text("done")', { timeout: 60_000 });
}

/** A file that a button makes. */
async function download(page: Page, button: string): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  const path = `${folder.path}/${file.suggestedFilename()}`;
  await file.saveAs(path);
  return path;
}

/** What an audit of accessibility found, each rule with its first element. */
async function audit(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    }).axe.run()
  );
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0].html.slice(0, 120)}`);
}

/** A test where Chromium is. */
function inBrowser(name: string, run: (on: Browser) => Promise<void>): void {
  Deno.test({ name, ignore: browser === null, fn: () => run(browser!), sanitizeOps: false, sanitizeResources: false });
}

inBrowser("the page is one file within its size, and opens from disk without a request or an error", async (on) => {
  assert(made!.bytes <= MOST, `${made!.bytes} bytes`);
  assert(made!.gzipBytes <= MOST_COMPRESSED, `${made!.gzipBytes} bytes compressed`);
  await using opened = await openPage(on, "");
  await ready(opened.page);
  await opened.page.waitForSelector("#surface svg");
  await opened.page.waitForSelector("#preset-map svg");
  assertEquals(opened.problems, []);
});

inBrowser("the page ends with the numbers of its command line, and its files open in the program", async (on) => {
  await using opened = await openPage(on, "#data=diabetes&width=6&epochs=25&start=constant");
  const { page } = opened;
  await ready(page);
  await trainAll(page);
  const words = (await page.textContent("#command"))!.split(" ");
  const table = await download(page, "#save-table");
  assertEquals(await Deno.readTextFile(table), SAMPLES.find(({ id }) => id === "diabetes")!.csv());
  const args = words.slice(2).map((word) => word === fileOf({ id: "diabetes" }) ? table : word);
  const { code, stdout } = await runHere([...args, "--json", "--quiet", "--out", `${folder.path}/fit`]);
  assertEquals(code, 0);
  const [fitted, own] = [stdout, await Deno.readTextFile(await download(page, "#save-verdict"))].map((text) =>
    JSON.parse(text)
  );
  assertAlmostEquals(own.value, fitted.value, 1e-9);
  assertAlmostEquals(own.linear.value, fitted.linear.value, 1e-9);
  assertAlmostEquals(own.metrics.heldOut.network.loss, fitted.metrics.heldOut.network.loss, 1e-9);
  assertEquals([own.verdict, own.environment.kernels], [fitted.verdict, "simd"]);
  assertEquals(await page.textContent("#verdict"), own.sentence);
  assertEquals(own.validation.sentence, fitted.validation.sentence);
  assertAlmostEquals(own.validation.linear.difference.upper, fitted.validation.linear.difference.upper, 1e-9);
  const model = await download(page, "#save-model");
  const certified = await runHere(["certify", "--model", model, "--data", table, "--json", "--quiet"]);
  assertAlmostEquals(JSON.parse(certified.stdout).value, own.value, 1e-9);
  for (const button of ["#save-losses", "#save-map"]) {
    assertStringIncludes(await Deno.readTextFile(await download(page, button)), "</svg>");
  }
  assertEquals(opened.problems, []);
});

inBrowser("every control changes the address, and the address brings every control back", async (on) => {
  await using opened = await openPage(on, "");
  const { page } = opened;
  await ready(page);
  const values: Readonly<Record<string, string>> = {
    ...{ data: "abs", valid: "0.1", width: "5", depth: "2", activation: "relu", block: "residual", start: "linear" },
    ...{ rate: "0.01", batch: "16", epochs: "7", seed: "3", regulariser: "penalty", strength: "0.2", kernels: "js" },
  };
  const control = (name: string) => `#controls [name="${name}"]`;
  for (const [name, value] of Object.entries(values)) {
    if (await page.locator(control(name)).evaluate((one) => one.nodeName) === "SELECT") {
      await page.selectOption(control(name), value);
    } else {
      await page.fill(control(name), value);
      await page.dispatchEvent(control(name), "change");
    }
  }
  const hash = new URL(page.url()).hash;
  assertEquals(Object.fromEntries(new URLSearchParams(hash.slice(1))), values);
  await using again = await openPage(on, hash);
  await ready(again.page);
  for (const [name, value] of Object.entries(values)) assertEquals(await again.page.inputValue(control(name)), value);
  await trainAll(again.page);
  assertStringIncludes((await again.page.textContent("#status"))!, "epoch 7 of 7, done");
  assertEquals([...opened.problems, ...again.problems], []);
});

inBrowser("a broken file and a wrong number are reported in a sentence, and the page goes on", async (on) => {
  await using opened = await openPage(on, "#width=none");
  const { page } = opened;
  await ready(page);
  assertStringIncludes((await page.textContent("#problem"))!, '"width=none" is not a setting');
  const give = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder.path}/${name}`, text);
    await page.setInputFiles("#file", `${folder.path}/${name}`);
  };
  await give("broken.csv", "a,y\n1,2\n3\n");
  await page.waitForSelector('#problem:has-text("broken.csv, line 3")');
  await give("short.csv", "a,y\n1,2\n");
  await page.waitForSelector('#problem:has-text("short.csv")');
  assertEquals(await page.textContent("#verdict"), "");
  assertEquals(await page.textContent("#gauge-gradient .reading"), "");
  assertEquals(await page.getAttribute("#columns", "open"), null);
  const days = Array.from({ length: 30 }, (_, i) => `2024-01-${i % 9 + 10};${i},5;${i * i}`);
  await give("days.csv", `day;x;y\n${days.join("\n")}\n`);
  await page.waitForSelector('#problem:has-text("untick the column")');
  await page.uncheck('[aria-label="use day"]');
  await page.waitForSelector('#notes:has-text("Numbers are read with decimal commas.")');
  await page.click("#columns summary");
  await give("table.parquet", "PAR1 and more");
  await page.waitForSelector('#problem:has-text("this page reads CSV, and not Parquet. Save the table as CSV")');
  const rows = Array.from({ length: 30 }, (_, i) => `${i % 7},${i % 2 ? "red" : "blue"},${i * i}`);
  await give("own.csv", `a,colour,y\n${rows.join("\n")}\n`);
  await page.waitForSelector('#notes:has-text("Predicting y: 22 rows")');
  assertEquals(await page.textContent("#problem"), "");
  await page.click("#columns summary");
  await page.uncheck('[aria-label="use colour"]');
  await page.waitForSelector('#notes:has-text("2 inputs")');
  await page.fill('[name="width"]', "0");
  await page.dispatchEvent('[name="width"]', "change");
  assertStringIncludes(
    (await page.textContent("#problem"))!,
    'Width must be a number from 1 to 1024; "0" is not, and 4 is kept.',
  );
  await page.click("#descent");
  await page.click("#step");
  await page.waitForSelector('#status:has-text("epoch 1 of 200")');
  await trainAll(page);
  assertEquals(opened.problems, []);
});

inBrowser(
  "the keyboard reaches everything: it trains, drags the start of an example, and sees where training ends",
  async (on) => {
    await using opened = await openPage(on, "#data=diabetes&start=saddle", { reducedMotion: "reduce" });
    const { page } = opened;
    await ready(page);
    await page.focus("#descent");
    await page.keyboard.press("Enter");
    await page.waitForSelector('#map-note:has-text("negative curvature")');
    const marker = await page.locator("#surface .marker").evaluate((one) => Number(one.getAttribute("cx")));
    const middle = await page.locator("#surface svg").evaluate((one) => Number(one.getAttribute("width")) / 2);
    assert(marker > middle + 20, "the point is at the end of its way at once");
    await page.selectOption("#preset", "figure-1b");
    await page.focus("#preset-map");
    await page.keyboard.press("ArrowLeft");
    assertStringIncludes((await page.textContent("#preset-end"))!, "Start: (w, v) = (-1.35, -2.40)");
    await page.keyboard.press("Enter");
    assertStringIncludes(
      (await page.textContent("#preset-end"))!,
      "loss 0.5249, above the level of the best linear predictor, 0.1",
    );
    await page.focus("#play");
    await page.keyboard.press(" ");
    await page.waitForSelector('#play:has-text("Pause")');
    await page.keyboard.press(" ");
    await page.waitForSelector('#play:has-text("Play")');
    assertEquals(opened.problems, []);
  },
);

inBrowser(
  "without WebAssembly SIMD it computes in plain JavaScript, says so, and comes to the same loss",
  async (on) => {
    const html = await Deno.readTextFile(made!.file);
    const opening = '(() => { "use strict";';
    assertStringIncludes(html, opening);
    await Deno.writeTextFile(
      `${folder.path}/old.html`,
      html.replace(opening, `${opening} WebAssembly.validate = () => false;`),
    );
    const ends = [];
    for (const file of [made!.file, `${folder.path}/old.html`]) {
      await using opened = await openPage(on, "#data=abs&epochs=5", {}, file);
      const { page } = opened;
      await ready(page);
      await trainAll(page);
      ends.push([
        JSON.parse(await Deno.readTextFile(await download(page, "#save-verdict"))),
        await page.textContent("#notes"),
      ]);
      assertEquals(opened.problems, []);
    }
    const [[simd, said], [js, warned]] = ends;
    assertEquals([simd.environment.kernels, js.environment.kernels], ["simd", "js"]);
    assertAlmostEquals(simd.value, js.value, 1e-9);
    assertStringIncludes(warned, "This browser lacks WebAssembly SIMD: plain JavaScript computes, more slowly.");
    assert(!said.includes("lacks"));
  },
);

inBrowser("a rate that diverges is reported in a sentence, and a smaller one trains", async (on) => {
  await using opened = await openPage(on, "#start=linear&rate=1e5&depth=40&activation=identity&epochs=40");
  const { page } = opened;
  await ready(page);
  await trainAll(page);
  assertStringIncludes(
    (await page.textContent("#problem"))!,
    "became infinite. The last finite point was kept. Choose a smaller",
  );
  for (const [name, value] of [["rate", "0.01"], ["depth", "1"]]) {
    await page.fill(`[name="${name}"]`, value);
    await page.dispatchEvent(`[name="${name}"]`, "change");
  }
  await ready(page);
  await trainAll(page);
  assertEquals(await page.textContent("#problem"), "");
  assertEquals(opened.problems, []);
});

// The long form is `deno task test:memory`.
inBrowser("memory stays flat while it trains and starts anew", async (on) => {
  await using opened = await openPage(on, "#data=diabetes&epochs=100");
  await ready(opened.page);
  const samples = await watchMemory(on, opened.page, { seconds: 4, every: 1 });
  const [first, last] = [samples[0], samples[samples.length - 1]];
  assert(
    last.restarts >= 1 && last.heap - first.heap < 4,
    `heap ${first.heap} to ${last.heap} MB in ${last.restarts} restarts`,
  );
  assert(last.resident - first.resident < 60, `process ${first.resident} to ${last.resident} MB`);
  assertEquals(opened.problems, []);
});

inBrowser("the pointer drags the start of an example", async (on) => {
  await using opened = await openPage(on, "");
  const { page } = opened;
  await ready(page);
  await page.waitForSelector("#surface svg");
  await page.selectOption("#preset", "figure-1c");
  await page.locator("#preset-map svg").scrollIntoViewIfNeeded();
  const box = (await page.locator("#preset-map svg").boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.42, box.y + box.height * 0.8);
  assertStringIncludes((await page.textContent("#preset-end"))!, "Start: (w, v)");
  await page.mouse.up();
  assertStringIncludes((await page.textContent("#preset-end"))!, "made by the bound on the norm of (w, V)");
  assertEquals(opened.problems, []);
});

for (
  const { name, ...options } of [
    { name: "light", viewport: { width: 1200, height: 900 }, colorScheme: "light" },
    { name: "dark", viewport: { width: 1200, height: 900 }, colorScheme: "dark" },
    { name: "narrow", viewport: { width: 360, height: 800 }, colorScheme: "light" },
  ] as const
) {
  inBrowser(
    `the page in ${name}: nothing wider than the screen, every control named, pictures in words`,
    async (on) => {
      await using opened = await openPage(on, "", options);
      const { page } = opened;
      await ready(page);
      await trainAll(page);
      await page.waitForSelector("#surface svg");
      const unnamed = await page.locator("button, input, select, [tabindex]").evaluateAll((controls) =>
        controls.filter((one) =>
          !one.textContent?.trim() && one.closest("label") === null && one.getAttribute("aria-label") === null
        ).length
      );
      const wordless = await page.locator("svg").evaluateAll((pictures) =>
        pictures.filter((one) => one.querySelector("title") === null || one.querySelector("desc") === null).length
      );
      const wide = await page.locator("section, svg, button, select, input, p").evaluateAll((parts) =>
        parts.filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5).length
      );
      assertEquals({ unnamed, wordless, wide }, { unnamed: 0, wordless: 0, wide: 0 });
      assertEquals(opened.problems, []);
      await page.click("#columns summary");
      assertEquals(await audit(page), []);
      await Deno.mkdir(SHOTS, { recursive: true });
      await page.screenshot({ path: `${SHOTS}/playground-${name}.png`, fullPage: true });
    },
  );
}
