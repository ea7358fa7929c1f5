import { flag, type HelpParts, integerOrAuto, type OptionValues, text } from "../../src/cli/mod.ts";

/** The options of `sweep`. */
export const sweepOptions = {
  config: text("FILE", "The sweep: tables, fixed options, what varies, design and seeds (docs/sweep.schema.json)"),
  out: text("FOLDER", "The folder of the sweep; started again with the same one, it goes on (default runs/sweep)"),
  store: text("URL", "Put the jobs into this PostgreSQL database instead, for workers on any number of machines"),
  shard: text("I/N", "Run part I of N of the jobs, such as 3/16; every part needs a folder of its own"),
  workers: integerOrAuto("Number of parallel runs; results do not depend on it"),
  "dry-run": flag("Print how many jobs there are and how long they would take, and do nothing else"),
  "retry-failed": flag("Try the jobs that failed once more"),
  job: text("JSON", "Run one job, as its row has it, and print its row"),
  json: flag("Print the counts as one JSON document, and nothing else, on stdout"),
  quiet: flag("Show no progress"),
  help: flag("Show this help"),
};

/** The options, as they were given. */
export type SweepOptions = OptionValues<typeof sweepOptions>;

/** What the help of `sweep` says. */
export const aboutSweep: HelpParts = {
  name: "sweep",
  summary:
    "Runs many short trainings: a grid, a random or a quasi-random design over the options of check or fit, times tables and " +
    "seeds. Results go into one SQLite file; an interrupted sweep goes on where it was, and asking for more adds only what is " +
    "new. The same job gives the same bits on every machine.",
  options: sweepOptions,
  notes: [
    "sweep report FOLDER writes report.html, runs.csv and runs.parquet; sweep watch FOLDER shows a running sweep from a second terminal; " +
    "sweep merge A B ... --out FOLDER joins the folders of several.",
    "--store, report and watch take postgres://user@host/database, with the password in PGPASSWORD or a .pgpass file; what it leaves out " +
    "comes from PGHOST, PGPORT, PGUSER and PGDATABASE. See docs/cluster.md.",
    "Exit codes: 0 every job is done; 1 some failed, three times each; 2 bad usage or bad input; 3 interrupted, what was finished " +
    "is kept; 4 an internal fault.",
  ],
  examples: [
    ["--config examples/sweep.json --dry-run", "how many runs, and how long"],
    ["--config examples/sweep.json --out runs/skip", "run them; again, and it goes on"],
    ["report runs/skip", "shares, gaps and effects as a page and as tables"],
    ["--config examples/sweep.json --shard 3/16 --out runs/part-3", "a sixteenth of the jobs"],
    ["--config examples/sweep.json --store postgres://me@db/sweeps", "jobs for workers on many machines"],
    ["merge runs/part-1 runs/part-2 --out runs/whole", "several parts as one"],
  ],
};
