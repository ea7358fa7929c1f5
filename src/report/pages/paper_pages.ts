import { csvRows } from "../../data/mod.ts";
import { type Listing, READINGS } from "../../paper/mod.ts";
import {
  counted,
  fileName,
  formatValue,
  grouped,
  type Html,
  htmlFormula,
  htmlLines,
  htmlPage,
  htmlTable,
  markup,
  type PaperClaim,
  type PaperReport,
} from "../mod.ts";
import { mathml } from "./mathml.ts";

/** Rows of a listing that a page shows; a separate file has them all. */
const SHOWN = 40;

/**
 * The page of the whole report: a row per statement, each a link to its own page.
 *
 * @param report The report; its claims are statements that {@linkcode READINGS} knows.
 * @returns The page, as HTML.
 * @example One statement
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { makePaperReport } from "@resland/resland/report";
 * const claim = {
 *   id: "lemma-2", statement: "r is as small as lambda_min", source: "Lemma 2", status: "holds", measured: 4, bound: 3, points: 10,
 *   numbers: { tightest: 0.75 }, figures: [], listing: null, page: "lemma-2.html",
 * } as const;
 * const environment = { deno: "2.9.6", v8: "15.0", kernels: "simd", dtype: "f64", workers: 2 } as const;
 * const page = paperIndex(makePaperReport({ quick: true, seed: 1, claims: [claim], environment }));
 * assertStringIncludes(page, "1 statement: 1 holds.");
 * assertStringIncludes(page, '<a href="lemma-2.html">');
 * ```
 */
export function paperIndex(report: PaperReport): string {
  const { claims, environment, seed, quick, verdict } = report;
  const rows = claims.map(({ id, status, measured, bound, points, numbers }) => [
    id,
    status,
    formatValue(measured, 4),
    formatValue(bound, 4),
    "tightest" in numbers ? numbers.tightest.toFixed(3) : "",
    grouped(points),
  ]);
  const sentences = claims.map(({ id, status }) =>
    markup`<li><a href="${fileName(`${id}.html`)}">${READINGS[id].title}</a>${
      status === "holds" ? "" : ` (${status})`
    }. ${READINGS[id].plain}</li>`
  );
  const links = claims.map(({ id }) => `${id}.html`);
  return htmlPage(
    `The paper, checked: ${verdict}`,
    markup`<h1>The paper, checked</h1>
<p class="verdict ${verdict}">${counted(claims.length, "statement")}: ${
      tallyOf(claims)
    }. Each was checked by numbers over a grid of problems; its page has the formula, the experiment and the limits.</p>
<p>A residual network predicts w'(x + V f(x)) from inputs x: f are the features that it learns, w and V the weights around them. <em>Linear</em> is the best
linear model of the same inputs, and a network is <em>above linear</em> where its loss on the rows trained on is larger. The statements say when training
cannot end there. <em>Outside</em> means that the theorem is not about the case, which is shown for contrast.</p>
<h2>What each says</h2>
<ul>
${htmlLines(sentences)}
</ul>
<h2>In numbers</h2>
<p>Most statements are inequalities. Measured and bound are their two sides where they are nearest to each other, and attained is the smaller over the larger:
at 1 the bound cannot be improved.</p>
${htmlTable(["statement", "status", "measured", "bound", "attained", "points"], rows, new Set([0, 1]), links)}
<p>Seed ${seed}, ${
      quick ? "the quick run" : "the full run"
    }. Deno ${environment.deno}, V8 ${environment.v8}, ${environment.kernels} kernels, ${environment.dtype}. The same numbers are in <a href="paper.json">paper.json</a>.</p>`,
  );
}

function tallyOf(claims: readonly PaperClaim[]): string {
  return (["holds", "outside", "undecided", "fails"] as const)
    .map((status) => [claims.filter((claim) => claim.status === status).length, status] as const)
    .filter(([count]) => count > 0)
    .map(([count, status]) => `${count} ${status === "holds" && count !== 1 ? "hold" : status}`)
    .join(", ");
}

/**
 * The page of one statement: its formula, what was found, and the limits; figures and the whole listing are separate files.
 *
 * @param claim The result for one statement, one that {@linkcode READINGS} knows.
 * @param listing What was found one by one, of which the first 40 rows are shown; null for nothing.
 * @returns The page, as HTML.
 * @example The formula is MathML
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const claim = {
 *   id: "lemma-2", statement: "r is as small as lambda_min", source: "Lemma 2", status: "holds", measured: 4, bound: 3, points: 10,
 *   numbers: { tightest: 0.75 }, figures: [], listing: null, page: "lemma-2.html",
 * } as const;
 * const page = statementPage(claim, { title: "Matrices", columns: ["order"], rows: [[2], [3]] });
 * assertStringIncludes(page, "<math");
 * assertStringIncludes(page, '<a href="lemma-2.csv">');
 * ```
 */
export function statementPage(claim: PaperClaim, listing: Listing | null): string {
  const { id, status, statement, source, measured, bound, points, numbers, figures } = claim;
  const { title, plain, formula, experiment, limits } = READINGS[id];
  const figureTags = figures.map((file) =>
    markup`<figure><img src="${fileName(file)}" alt="${title}; the file describes itself in words"></figure>`
  );
  const found = [
    ["status", status],
    ["measured, where it is tightest", formatValue(measured, 6)],
    ["bound there", formatValue(bound, 6)],
    ["points", grouped(points)],
    ...Object.entries(numbers).map(([name, value]) => [name, formatValue(value, 6)]),
  ];
  return htmlPage(
    title,
    markup`<p><a href="index.html">All statements</a></p>
<h1>${title}</h1>
<p>${plain}</p>
<p class="verdict ${status}">${statement}.</p>
${htmlFormula(mathml(formula))}
<p>${source}.</p>
<h2>Experiment</h2>
<p>${experiment}</p>
${htmlTable(["what was found", ""], found, new Set([0]))}
${htmlLines(figureTags)}
${listing === null ? "" : listingHtml(id, listing)}
<h2>Limits</h2>
<p>${limits}</p>`,
  );
}

function listingHtml(id: string, { title, columns, rows }: Listing): Html {
  const words = new Set(
    columns.map((_, j) => j).filter((j) => rows.some((row) => typeof row[j] === "string" && row[j] !== "")),
  );
  const shown = rows.slice(0, SHOWN).map((row) =>
    row.map((cell) => typeof cell === "number" ? formatValue(cell, 4) : cell)
  );
  const rest = rows.length > SHOWN ? `The first ${SHOWN} of ${rows.length}; all` : "The same";
  return markup`<h2>${title}</h2>
${htmlTable(columns, shown, words)}
<p>${rest} in <a href="${fileName(`${id}.csv`)}">${id}.csv</a>.</p>`;
}

/**
 * A listing as CSV, whole; numbers that are not finite leave their cells empty.
 *
 * @param listing The listing.
 * @returns The text, header first.
 * @example A text with a comma, and an unknown number
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const listing = { title: "Gaps", columns: ["problem", "gap"], rows: [["iris, sepals", 0.5], ["wine", NaN]] };
 * assertEquals(listingCsv(listing), 'problem,gap\n"iris, sepals",0.5\nwine,\n');
 * ```
 */
export function listingCsv({ columns, rows }: Listing): string {
  const text = (cell: number | string | null) =>
    typeof cell === "string" ? cell : cell !== null && Number.isFinite(cell) ? String(cell) : "";
  return csvRows([columns, ...rows.map((row) => row.map(text))]);
}
