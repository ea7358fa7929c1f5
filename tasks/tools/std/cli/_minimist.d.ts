/** The options of minimist that are used here. */
export interface Options {
  string?: string[];
  boolean?: boolean | string[];
  alias?: Record<string, string[]>;
  default?: Record<string, unknown>;
  stopEarly?: boolean;
  "--"?: boolean;
  unknown?: (arg: string) => boolean;
}

/** Parses arguments. */
declare function minimist(args: string[], options?: Options): Record<string, unknown> & { _: (string | number)[] };
export default minimist;
