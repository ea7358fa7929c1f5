import { alignColumns, counted, formatValue, grouped } from "./format.ts";
import { blocksText, layerText } from "./layer_text.ts";
import { columnLines } from "./columns.ts";
import { weightingText } from "./problem.ts";
import type { CheckedRun, CheckReport } from "./verdict.ts";

/**
 * A verdict as text: the problem, a line per start, a line per claim, and the verdict in a sentence.
 *
 * @param verdict The verdict.
 * @returns The text, without a final line end.
 * @example Before the first run
 * ```ts
 * import { assert } from "@std/assert";
 * import { bestLinear, dense, encodeTable, loadKernels, network, parseTable, squared } from "@resland/resland";
 * import { decideAll } from "@resland/resland/claims";
 * import { makeVerdict } from "@resland/resland/report";
 * const table = parseTable("age,price\n1,2\n2,3\n3,5\n", { file: "prices.csv" });
 * const data = encodeTable(table, { target: "price", targetKind: "standardised" });
 * const linear = bestLinear(await loadKernels("simd"), squared, data);
 * const claims = decideAll({ points: [], ends: [], loss: squared, linear, outputs: 1, inputs: 2 });
 * const environment = { deno: "2.9.6", v8: "15.0", kernels: "simd", dtype: "f64", workers: 2 } as const;
 * const net = network(2, dense(2, 3));
 * const verdict = makeVerdict({ data, net, loss: "squared", linear, runs: [], claims, environment });
 * assert(verdictText(verdict).startsWith("prices.csv: 3 rows, 2 inputs with the intercept, squared loss"));
 * ```
 */
export function verdictText(verdict: CheckReport): string {
  const { problem, architecture, linear, claims } = verdict;
  const inputs = `${counted(problem.d, "input")}${problem.intercept ? " with the intercept" : ""}`;
  return [
    `${problem.source}: ${counted(problem.rows, "row")}, ${inputs}, ${problem.loss} loss${weightingText(problem)}`,
    ...columnLines(problem.columns ?? []),
    `network: p = w'(x + V f(x)), f = ${layerText(architecture.theta)}, ${
      counted(architecture.parameters, "parameter")
    }`,
    ...blocksText(architecture.theta),
    `best linear predictor: F = ${formatValue(linear.value)}${yardstickNote(linear)}`,
    "",
    ...startTable(verdict.runs),
    "",
    ...alignColumns(
      ["claim", "status", "measured", "bound", "points"],
      claims.map(({ id, status, measured, bound, points }) => [
        id,
        status,
        formatValue(measured, 4),
        formatValue(bound, 4),
        grouped(points),
      ]),
      new Set([0, 1]),
    ),
    "",
    ...notesOf(verdict),
    verdictSentence(verdict),
  ].join("\n");
}

/**
 * The verdict in one or two sentences that need no other context.
 *
 * @param verdict The verdict.
 * @returns The sentences.
 * @example Before the first run
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { bestLinear, dense, encodeTable, loadKernels, network, parseTable, squared } from "@resland/resland";
 * import { decideAll } from "@resland/resland/claims";
 * import { makeVerdict } from "@resland/resland/report";
 * const table = parseTable("age,price\n1,2\n2,3\n3,5\n", { file: "prices.csv" });
 * const data = encodeTable(table, { target: "price", targetKind: "standardised" });
 * const linear = bestLinear(await loadKernels("simd"), squared, data);
 * const claims = decideAll({ points: [], ends: [], loss: squared, linear, outputs: 1, inputs: 2 });
 * const environment = { deno: "2.9.6", v8: "15.0", kernels: "simd", dtype: "f64", workers: 2 } as const;
 * const net = network(2, dense(2, 3));
 * const verdict = makeVerdict({ data, net, loss: "squared", linear, runs: [], claims, environment });
 * assertStringIncludes(verdictSentence(verdict), "Verdict: undecided");
 * ```
 */
export function verdictSentence(verdict: CheckReport): string {
  const { runs, claims, linear } = verdict;
  const points = claims.reduce((most, claim) => Math.max(most, claim.points), 0);
  const yardstick = linear.attained
    ? "the best linear predictor"
    : linear.infimum === null
    ? `the best linear predictor with weights of norm at most ${linear.radius}`
    : `the infimum over linear predictors, ${formatValue(linear.infimum, 4)}, as near as its gradient can tell`;
  const named = (status: string) =>
    claims.filter((claim) => claim.status === status).map((claim) => claim.id).join(", ");
  switch (verdict.verdict) {
    case "holds":
      if (claims.some(({ id, status }) => id === "corollary-1" && status === "outside")) {
        return `Verdict: holds. Every claim about single points holds at ${counted(points, "recorded point")}; ` +
          "where this training converges is outside the theorem.";
      }
      return `Verdict: holds. ${converged(runs)} at or below ${yardstick}; ` +
        `every claim holds at ${counted(points, "recorded point")}.`;
    case "fails":
      return `Verdict: fails. The measurements contradict ${named("fails")}.`;
    case "undecided":
      return `Verdict: undecided, because of ${named("undecided")}.`;
    case "outside":
      return "Verdict: outside. The theorems do not apply to this problem.";
  }
}

/** Which predictor the value belongs to, when no best linear predictor exists. */
function yardstickNote({ attained, infimum, radius }: CheckReport["linear"]): string {
  if (attained) return "";
  const known = infimum === null ? "" : `; the infimum is ${formatValue(infimum, 4)}, and no predictor attains it`;
  return ` among those with ||w|| <= ${radius}${known}`;
}

/** How many runs converged. */
function converged(runs: readonly CheckedRun[]): string {
  const count = runs.filter(({ stationary }) => stationary).length;
  const of = count === runs.length ? counted(count, "run") : `${count} of ${counted(runs.length, "run")}`;
  return count === 1
    ? `${of} converged to a second-order stationary point (gradient 0, no negative curvature),`
    : `${of} converged to second-order stationary points (gradient 0, no negative curvature), each`;
}

/** Notes on the verdict. */
function notesOf({ linear, claims, runs }: CheckReport): readonly string[] {
  const compared = `The claims compare with the best one found with ||w|| <= ${linear.radius}`;
  const separable = linear.attained
    ? []
    : linear.infimum === null
    ? [`Undecided whether a best linear predictor exists, and what its loss is. ${compared}.`]
    : [
      "No linear predictor is the best: some direction separates the targets, so that the loss falls towards its infimum " +
      `while the weights grow without end. ${compared}, and against the infimum ${
        formatValue(linear.infimum, 4)
      } itself.`,
    ];
  const dependent = linear.dependent.map(({ column, on }) =>
    `${column}${on.length > 0 ? ` (on ${on.join(", ")})` : ""}`
  );
  const cut = dependent.length === 0 ? [] : [
    `${counted(dependent.length, "column")} depend${dependent.length === 1 ? "s" : ""} on others and ${
      dependent.length === 1 ? "is" : "are"
    } left out of the linear predictor: ${dependent.slice(0, 10).join("; ")}${dependent.length > 10 ? "; ..." : ""}.`,
  ];
  const open = claims.filter(({ status }) => status !== "holds").map(({ id, statement }) => `${id}: ${statement}.`);
  const above = runs.filter((run) => run.escape !== null);
  const orders = ["first", "second"].map((order) =>
    [order, above.filter(({ escape }) => escape!.order === order).length] as const
  )
    .filter(([, count]) => count > 0).map(([order, count]) => `${count} of ${order} order`);
  const ways = above.length === 0
    ? []
    : [`${counted(above.length, "run")} ended above it, with a descent direction: ${orders.join(", ")}.`];
  const short = runs.filter(({ descent }) => descent.end === "out-of-steps").length;
  const ranOut = short === 0 ? [] : [`The descent of ${counted(short, "run")} ran out of steps.`];
  return [...separable, ...cut, ...open, ...ways, ...ranOut];
}

/** One line per start: the worst numbers of its runs. */
function startTable(runs: readonly CheckedRun[]): readonly string[] {
  const starts = [...new Set(runs.map((run) => run.start))];
  const header = [
    "start",
    "runs",
    "stationary",
    "F lowest",
    "F highest",
    "gap",
    "gradient",
    "lambda_min",
    "||w||",
    "||V||",
  ];
  const rows = starts.map((start) => {
    const own = runs.filter((run) => run.start === start);
    const worst = (pick: (run: CheckedRun) => number | null, choose: (...all: number[]) => number) =>
      own.some((run) => pick(run) === null) ? null : choose(...own.map((run) => pick(run)!));
    return [
      start,
      String(own.length),
      String(own.filter((run) => run.stationary).length),
      formatValue(worst((run) => run.value, Math.min), 6),
      formatValue(worst((run) => run.value, Math.max), 6),
      formatValue(worst((run) => run.gap, Math.max), 3),
      formatValue(worst((run) => run.gradientNorm, Math.max), 2),
      formatValue(worst((run) => run.lambdaMin, Math.min), 2),
      formatValue(worst((run) => run.wNorm, Math.max), 3),
      formatValue(worst((run) => run.vNorm, Math.max), 3),
    ];
  });
  return alignColumns(header, rows, new Set([0]));
}
