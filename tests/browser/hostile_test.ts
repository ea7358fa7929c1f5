import { assert, assertEquals } from "@std/assert";
import { runHere, temporaryFolder } from "../support/program.ts";
import { HOSTILE_PICTURES, HOSTILE_TEXTS, leavesOf, withAt } from "../support/hostile.ts";
import { startChromium } from "./_chromium.ts";

/** Pages that are opened. */
const PAYLOADS = 100;

Deno.test("a hundred hostile payloads in verdicts, tables and pictures run no script and ask for nothing in Chromium", async () => {
  const browser = await startChromium();
  if (browser === null) {
    console.log("Chromium is not installed: the hostile pages were not opened");
    return;
  }
  await using _closed = { [Symbol.asyncDispose]: () => browser.close() };
  await using folder = await temporaryFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  const tab = await (await browser.newContext()).newPage();
  let asked: string[] = [];
  tab.on("request", (request) => void (request.url().startsWith("file://") || asked.push(request.url())));
  // What the policy of a page stops is announced, and not sent.
  tab.on("requestfailed", (request) => {
    if (request.failure()?.errorText === "csp") asked = asked.filter((url) => url !== request.url());
  });
  tab.on("dialog", (dialog) => void dialog.dismiss());
  /** What a page did: whether a script ran, and what it asked for. */
  const opened = async (file: string) => {
    asked = [];
    await tab.goto(`file://${file}`);
    await tab.evaluate("new Promise((resolve) => setTimeout(resolve, 20))");
    return { ran: await tab.evaluate("globalThis.ran ?? null"), asked, at: tab.url() };
  };
  const harmless = async (file: string, what: string) =>
    assertEquals(await opened(file), { ran: null, asked: [], at: `file://${file}` }, what);

  // A table whose names and classes are the payloads, through fit.
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = Array.from(
    { length: 60 },
    (_, i) => [...HOSTILE_TEXTS.slice(1).map((_, j) => Math.sin(i * (j + 2))), cell(HOSTILE_TEXTS[i % 3])].join(","),
  );
  await Deno.writeTextFile(at("t.csv"), [HOSTILE_TEXTS.map(cell).join(","), ...rows].join("\n"));
  const quick = ["--quiet", "--epochs", "2", "--valid", "0.25"];
  // The target is the last column: a class per payload.
  const target = ["--config", at("c.json")];
  await Deno.writeTextFile(at("c.json"), JSON.stringify({ command: "fit", target: [HOSTILE_TEXTS.at(-1)] }));
  const fitted = await runHere(["fit", "--data", at("t.csv"), ...target, ...quick, "--out", at("fit")]);
  assertEquals(fitted.code, 0, fitted.stderr);
  await harmless(`${at("fit")}/report.html`, "a table");
  let payloads = HOSTILE_TEXTS.length;

  const file = `${at("fit")}/verdict.json`;
  const verdict = JSON.parse(await Deno.readTextFile(file));
  const report = ["report", "--run", at("fit"), "--out", at("page.html"), "--quiet"];
  const texts = leavesOf(verdict).filter((path) =>
    typeof path.reduce((value, name) => value[name], verdict) === "string"
  );
  for (let i = 0; payloads < PAYLOADS - HOSTILE_PICTURES.length; i++) {
    const [path, text] = [texts[i % texts.length], HOSTILE_TEXTS[i % HOSTILE_TEXTS.length]];
    await Deno.writeTextFile(file, JSON.stringify(withAt(verdict, path, text)));
    payloads++;
    if ((await runHere(report)).code !== 0) continue;
    await harmless(at("page.html"), `${path}: ${text}`);
    await Deno.remove(at("page.html"));
  }
  await Deno.writeTextFile(file, JSON.stringify(verdict));

  await Deno.mkdir(at("pictures"));
  for (const picture of HOSTILE_PICTURES) {
    await Deno.writeTextFile(`${at("pictures")}/x.svg`, picture);
    payloads++;
    if ((await runHere([...report, "--with", at("pictures")])).code === 2) continue;
    await harmless(at("page.html"), picture);
    await Deno.remove(at("page.html"));
  }
  assert(payloads >= PAYLOADS, `${payloads} payloads`);

  // What escaping forgot the policy of the page would stop, and without the policy this test would see it.
  const page = await Deno.readTextFile(`${at("fit")}/report.html`);
  const inside = `${HOSTILE_TEXTS.slice(0, 10).join("")}</body>`;
  await Deno.writeTextFile(at("injected.html"), page.replace("</body>", () => inside));
  await harmless(at("injected.html"), "markup that was not escaped");
  await Deno.writeTextFile(
    at("open.html"),
    page.replace(/<meta http-equiv[^>]*>/, "").replace("</body>", () => inside),
  );
  const open = await opened(at("open.html"));
  assert(open.ran === 1 && open.asked.length > 0, JSON.stringify(open));
});
