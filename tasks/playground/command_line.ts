import { DEFAULTS, type Settings } from "./settings.ts";

/** A word as a POSIX shell reads it back. */
const quoted = (word: string): string => /^[\w.,/=:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The table that is trained on. */
export interface TrainedTable {
  /** Its file. */
  readonly file: string;
  /** The column to predict. */
  readonly target: string;
  /** Whether decimals follow a comma (default false). */
  readonly decimalComma?: boolean;
}

/**
 * The command that trains what the page trains; null where no command does.
 *
 * @param settings The page's settings.
 * @param table The table.
 * @param kernels The kernels that the page uses.
 */
export function commandLine(
  settings: Settings,
  { file, target, decimalComma = false }: TrainedTable,
  kernels: string,
): string | null {
  if (settings.regulariser === "penalty" || settings.start === "saddle") return null;
  const { regulariser, strength } = settings;
  const words = [
    ...["deno", "task", "fit", "--data", file, "--target", target],
    ...decimalComma ? ["--decimal", "comma"] : [],
    ...settings.drop.length > 0 ? ["--drop", settings.drop.join(",")] : [],
    ...settings.missing !== DEFAULTS.missing ? ["--missing", settings.missing] : [],
    ...settings.valid > 0 ? ["--valid", String(settings.valid)] : [],
    ...["--regularise", regulariser === "none" || strength === 0 ? "none" : `${strength},${strength}`],
    ...["--width", String(settings.width), "--depth", String(settings.depth)],
    ...["--activation", settings.activation, "--block", settings.block],
    ...["--start", settings.start, "--rate", String(settings.rate), "--batch", String(settings.batch)],
    ...["--epochs", String(settings.epochs), "--seed", String(settings.seed), "--kernels", kernels],
  ];
  return words.map(quoted).join(" ");
}
