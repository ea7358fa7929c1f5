import { flag, parseOptions, text, UsageError } from "../../src/cli/mod.ts";
import { counted, sweepCsv, sweepHtml, type SweepPicture, sweepText } from "../../src/report/mod.ts";
import { spreadSvg } from "../../src/report/charts/mod.ts";
import { type Level, ROW_COLUMNS, summariseSweep, type SweepRow, type SweepSummary } from "../../src/sweep/mod.ts";
import { toJson, writeWhole } from "../io/files.ts";
import { encodeParquet } from "../io/parquet.ts";
import type { SweepStore } from "../stores/store.ts";
import { splitWords } from "./_sweep_merge.ts";
import { openStore } from "./_sweep_store.ts";
import { reproduceCommand } from "./_sweep_settings.ts";

const reportOptions = {
  out: text("FOLDER", "Where the page and the tables go (default: the folder of the sweep)"),
  title: text("TEXT", "The title of the page (default: the name of the folder)"),
  json: flag("Print the summary as one JSON document, and nothing else, on stdout"),
};

/** Failures that the page shows. */
const SHOWN = 10;

/** `sweep report FOLDER`: the page, the tables and the text of a sweep. */
export async function reportSweep(args: readonly string[]): Promise<number> {
  const { words, options: given } = splitWords(args);
  const options = parseOptions(given, reportOptions);
  if (words.length !== 1) throw new UsageError("sweep report needs the folder of a sweep, or the URL of a store");
  await using store = await openStore(words[0], "read");
  const out = options.out ?? (store.name === words[0] ? words[0] : null);
  if (out === null) throw new UsageError("the report of a store needs a folder to go to: --out FOLDER");
  const rows = await Array.fromAsync(store.rows());
  const summary = summariseSweep(rows);
  await writeWhole(`${out}/runs.csv`, sweepCsv(rows));
  await writeWhole(`${out}/runs.parquet`, parquetOf(rows));
  await writeWhole(`${out}/summary.json`, toJson({ schema: "resland/sweep-summary@1", ...summary }));
  const title = options.title ?? `Sweep ${out.replace(/\/+$/, "").replace(/^.*\//, "")}`;
  await writeWhole(`${out}/report.html`, await pageOf(store, rows, summary, title));
  if (options.json) console.log(toJson({ schema: "resland/sweep-summary@1", ...summary }).trimEnd());
  else {console.log(
      `${sweepText(summary)}\n\nSaved in ${out}: report.html, runs.csv, runs.parquet, summary.json (${
        counted(rows.length, "run")
      })`,
    );}
  return 0;
}

function parquetOf(rows: readonly SweepRow[]): Uint8Array {
  return encodeParquet(
    ROW_COLUMNS.map(({ field, name, kind }) => ({ name, kind, values: rows.map((row) => row[field]) })),
  );
}

async function pageOf(
  store: SweepStore,
  rows: readonly SweepRow[],
  summary: SweepSummary,
  title: string,
): Promise<string> {
  const { jobs, done, failed } = await store.counts();
  const paths = new Map((await store.tables()).map(({ fingerprint, path }) => [fingerprint, path]));
  const failures = failed === 0 ? [] : (await store.failures()).slice(0, SHOWN).map(({ job, message }) => ({
    message,
    command: reproduceCommand(job, paths.get(job.table) ?? null),
  }));
  return sweepHtml(summary, {
    title,
    pictures: picturesOf(summary),
    open: jobs - done - failed,
    failed,
    failures,
    commands: commandsOf(rows),
  });
}

/** Shares and gaps by each factor, residual and plain nets apart where there are both. */
function picturesOf({ factors, byNetwork }: SweepSummary): readonly SweepPicture[] {
  return factors.flatMap(({ name, levels }) => {
    const nets = byNetwork.find((one) => one.name === name);
    const series: readonly (readonly [string | null, readonly Level[]])[] = nets === undefined
      ? [[null, levels]]
      : [["residual", nets.residual], ["plain", nets.plain]];
    const shares = series.flatMap(([net, own]) =>
      own.flatMap(({ value, stuck: { share, lower, upper } }) =>
        share === null
          ? []
          : [{ name: value, series: net, middle: 100 * share, lower: 100 * lower, upper: 100 * upper }]
      )
    );
    const gaps = series.flatMap(([net, own]) =>
      own.flatMap(({ value, gaps: found }) =>
        found === null ? [] : [{
          name: value,
          series: net,
          middle: 100 * found.median,
          lower: 100 * found.lower,
          upper: 100 * found.upper,
        }]
      )
    );
    return [
      {
        name,
        svg: spreadSvg(shares, {
          title: `Second-order stationary above linear, by ${name}: share and 95 % interval`,
          x: "% of runs",
          domain: [0, 100],
        }),
      },
      ...gaps.length === 0 ? [] : [{
        name,
        svg: spreadSvg(gaps, { title: `F - F_lin by ${name}: median and quarters`, x: "% of F_lin" }),
      }],
    ];
  });
}

/** Runs that are worth a look: the highest and the lowest gap, the longest run. */
function commandsOf(rows: readonly SweepRow[]): readonly (readonly [string, string])[] {
  const known = rows.filter(({ gap }) => gap !== null);
  if (known.length === 0) return [];
  const by = (value: (row: SweepRow) => number) => known.reduce((best, row) => value(row) > value(best) ? row : best);
  const [highest, lowest, longest] = [by(({ gap }) => gap!), by(({ gap }) => -gap!), by(({ seconds }) => seconds)];
  return [
    [`highest gap, ${highest.gap!.toPrecision(3)}`, highest.command],
    [`lowest gap, ${lowest.gap!.toPrecision(3)}`, lowest.command],
    [`longest run, ${longest.seconds.toPrecision(2)} s`, longest.command],
  ];
}
