import { text, UsageError } from "../../src/cli/mod.ts";
import { InputError } from "../../src/data/mod.ts";
import { namesIn, readJson } from "../io/files.ts";
import { MOST } from "../io/limited.ts";

/** The option that names a run instead of its model and its table. */
export const runOption = {
  run: text("FOLDER", "The folder of a run of fit or compare: its model, and its table unless --data names another"),
};

/** What a run's folder stands for. */
interface ModelAndTable {
  readonly run: string | null;
  readonly model: string | null;
  readonly data: string | null;
}

/** The options with the model, and where none is given the table, of the run that they name. */
export async function withRun<O extends ModelAndTable>(options: O): Promise<O> {
  const { run, model, data } = options;
  if (run === null) return options;
  if (model !== null) throw new UsageError("--run names a run with its model; leave --model out");
  const folder = run.replace(/(?<=.)[/\\]+$/, "");
  const names = await namesIn(folder);
  if (!names.has("model.safetensors")) {
    const others = [...names].filter((name) => name.endsWith(".safetensors")).toSorted();
    throw new UsageError(
      others.length === 0
        ? `--run ${run}: the folder holds no model; name that of a finished fit or compare`
        : `--run ${run}: the folder holds several models; name one with --model, such as ${folder}/${others[0]}`,
    );
  }
  return { ...options, model: `${folder}/model.safetensors`, data: data ?? await tableOf(folder) };
}

/** What a run says that had no table of its own, and where that table is in a checkout. */
const BUNDLED = { name: "diabetes.csv", file: "data/diabetes.csv" } as const;

/** The table that a run was made from. */
async function tableOf(folder: string): Promise<string> {
  const file = `${folder}/config.json`;
  const { data } = await readJson<{ readonly data: string }>(
    file,
    ({ data }) => typeof data === "string" && data.length > 0,
    "the file is not the configuration of a fit or a compare; name the table with --data",
    MOST.settings,
  );
  if (data === BUNDLED.name) return BUNDLED.file;
  if (data !== "-" && data !== "standard input") return data;
  throw new InputError("the run read its table from standard input, so it has to be named: add --data", { file });
}
