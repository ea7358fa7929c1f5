import { assert, assertEquals } from "@std/assert";
import { runHere, temporaryFolder } from "../support/program.ts";
import { startChromium } from "./_chromium.ts";

/** Where screenshots go, to be looked at. */
const SHOTS = "runs/screenshots";

const VIEWS = [
  { name: "light", scheme: "light", width: 1280 },
  { name: "dark", scheme: "dark", width: 1280 },
  { name: "narrow", scheme: "light", width: 360 },
] as const;

/** The contrast of every line, dot and text of a chart with the page behind it, as WCAG has it; grid lines are fainter on purpose. */
const CONTRASTS = `(() => {
  const context = document.createElement("canvas").getContext("2d");
  const light = (colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = light(getComputedStyle(document.documentElement).backgroundColor === "rgba(0, 0, 0, 0)"
    ? matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(18, 18, 18)" : "white"
    : getComputedStyle(document.documentElement).backgroundColor);
  return [...new Set([...document.querySelectorAll(".chart svg text, .chart path:not(.grid), .chart circle, .bars i")].map((one) => {
    const style = getComputedStyle(one);
    return one.matches("i") ? style.backgroundColor : one.matches("text, .dot") ? style.fill : style.stroke;
  }))].map((colour) => {
    const [high, low] = [light(colour), behind].sort((a, b) => b - a);
    return Math.round(100 * (high + 0.05) / (low + 0.05)) / 100;
  });
})()`;

Deno.test("the pages of fit, check and paper open from disk in Chromium: no error, no request, nothing wider than the screen", async () => {
  const browser = await startChromium();
  if (browser === null) {
    console.log("Chromium is not installed: the pages were not looked at");
    return;
  }
  await using folder = await temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  const few = ["--quiet", "--epochs", "20"];
  assertEquals((await runHere(["fit", "--valid", "0.25", ...few, "--out", at("fit")])).code, 0);
  const subject = ["--model", `${at("fit")}/model.safetensors`, "--data", "data/diabetes.csv", "--quiet"];
  assertEquals((await runHere(["surface", ...subject, "--steps", "21", "--out", at("surface")])).code, 0);
  assertEquals((await runHere(["spectrum", ...subject, "--out", at("spectrum")])).code, 0);
  const pictures = `${at("surface")},${at("spectrum")}`;
  assertEquals((await runHere(["report", "--run", at("fit"), "--with", pictures, "--out", at("fit.html")])).code, 0);
  assertEquals((await runHere(["check", "--seeds", "2", ...few, "--out", at("check")])).code, 0);
  assertEquals((await runHere(["report", "--run", at("check"), "--out", at("check.html")])).code, 0);
  const paper = ["paper", "--quick", "--quiet", "--only", "theorem-3,plain-nets", "--out", at("paper")];
  assertEquals((await runHere(paper)).code, 0);

  await Deno.mkdir(SHOTS, { recursive: true });
  await using _closed = { [Symbol.asyncDispose]: () => browser.close() };
  const kept = ["--target", "sepal_width", "--data", "data/iris.csv", "--drop", "species"];
  assertEquals((await runHere(["fit", "--valid", "0.25", ...kept, ...few, "--out", at("other")])).code, 0);
  for (
    const page of [
      "fit.html",
      "other/report.html",
      "check.html",
      "paper/index.html",
      "paper/theorem-3.html",
      "paper/plain-nets.html",
    ]
  ) {
    for (const { name, scheme, width } of VIEWS) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
      const tab = await context.newPage();
      const problems: string[] = [];
      tab.on("console", (message) => {
        if (message.type() === "error") problems.push(message.text());
      });
      tab.on("pageerror", (error) => void problems.push(error.message));
      tab.on("request", (request) => {
        if (!request.url().startsWith("file://")) problems.push(`asked for ${request.url()}`);
      });
      await tab.goto(`file://${at(page)}`);
      assertEquals(problems, [], `${page}, ${name}`);
      const wide: number = await tab.evaluate("document.documentElement.scrollWidth");
      assert(wide <= width, `${page}, ${name}: ${wide} pixels on a screen of ${width}`);
      const cut: number = await tab.evaluate(
        "[...document.querySelectorAll('table')].filter((table) => !['auto', 'scroll'].includes(" +
          "getComputedStyle(table.parentElement).overflowX)).length",
      );
      assertEquals(cut, 0, `${page}, ${name}: tables that do not scroll in a box of their own`);
      const contrasts: readonly number[] = await tab.evaluate(CONTRASTS);
      if (page === "fit.html") assert(contrasts.length >= 3, `${page}, ${name}: charts without colours`);
      assert(contrasts.every((contrast) => contrast >= 3), `${page}, ${name}: contrasts ${contrasts}`);
      const unnamed: number = await tab.evaluate(
        "[...document.querySelectorAll('svg')].filter((one) => one.getAttribute('role') === 'img' && !one.querySelector('desc')).length" +
          " + [...document.images].filter((image) => !image.alt).length",
      );
      assertEquals(unnamed, 0, `${page}: pictures without words`);
      await tab.screenshot({
        path: `${SHOTS}/${page.replaceAll("/", "-").replace(".html", "")}-${name}.png`,
        fullPage: true,
      });
      await context.close();
    }
  }
});
