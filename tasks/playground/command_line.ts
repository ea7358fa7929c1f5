import { DEFAULTS, type Settings } from "./settings.ts";

/** A word as a POSIX shell reads it back. */
const quoted = (word: string): string => /^[\w.,/=:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/**
 * The command that trains what the page trains; null where no command does.
 *
 * @param settings The page's settings.
 * @param file The table's file.
 * @param target The column to predict.
 * @param kernels The kernels that the page uses.
 */
export function commandLine(settings: Settings, file: string, target: string, kernels: string): string | null {
  if (settings.regulariser === "penalty" || settings.start === "saddle") return null;
  const { regulariser, strength } = settings;
  const words = [
    ...["deno", "task", "fit", "--data", file, "--target", target],
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
