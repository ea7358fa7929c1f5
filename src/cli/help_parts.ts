import type { OptionSet } from "./parse_options.ts";

/** What the help of a command says. */
export interface HelpParts {
  /** The command's name. */
  readonly name: string;
  /** What it does, in a few sentences. */
  readonly summary: string;
  /** Its options. */
  readonly options: OptionSet;
  /** Lines that show it at work: the arguments, and what they do. */
  readonly examples: readonly (readonly [args: string, does: string])[];
  /** Further paragraphs (default none). */
  readonly notes?: readonly string[];
}
