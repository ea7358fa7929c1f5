/** Which names an option of `parseArgs` lists; undefined when it is left out. */
type Names = string | undefined;

/** The names of a list as a union; never when the option is left out or its names are not known one by one. */
type Listed<T> = string extends T ? never : Exclude<Extract<T, string>, "_">;

/** The value of a string option. */
type TextOf<Name extends string, TNegatable extends Names> = Name extends Listed<TNegatable> ? string | false : string;

/** The declared options and the types of their values. */
type Flags<TBooleans, TStrings extends Names, TCollect extends Names, TNegatable extends Names> =
  & { [Name in Exclude<Listed<TBooleans>, Listed<TCollect>>]: boolean }
  & { [Name in Exclude<Listed<TStrings>, Listed<TCollect>>]?: TextOf<Name, TNegatable> }
  & { [Name in Extract<Listed<TStrings>, Listed<TCollect>>]: string[] }
  & { [Name in Exclude<Listed<TCollect>, Listed<TStrings> | Listed<TBooleans>>]: unknown[] };

/** The options with a default, no longer undefined. */
type WithDefaults<TFlags, TDefaults> = [TDefaults] extends [undefined] ? TFlags
  :
    & Omit<TFlags, keyof TDefaults>
    & {
      [Name in keyof TDefaults]: Name extends keyof TFlags ? NonNullable<TFlags[Name]> | TDefaults[Name] : unknown;
    };

/** The values of {@linkcode parseArgs}: every value is `any` when nothing is declared, `unknown` beside what is. */
export type Values<
  TBooleans extends boolean | Names,
  TStrings extends Names,
  TCollect extends Names,
  TNegatable extends Names,
  TDefaults,
> = [Extract<TBooleans | TStrings | TCollect, string>] extends [never]
  // deno-lint-ignore no-explicit-any
  ? Record<string, any>
  : Record<string, unknown> & WithDefaults<Flags<TBooleans, TStrings, TCollect, TNegatable>, TDefaults>;

/** What {@linkcode parseArgs} returns. */
// deno-lint-ignore no-explicit-any
export type Args<TArgs = Record<string, any>, TDoubleDash = undefined> =
  & TArgs
  & { /** The arguments that belong to no option. */ _: (string | number)[] }
  // deno-lint-ignore ban-types
  & (TDoubleDash extends true ? { /** The arguments after "--". */ "--": string[] } : {});

/** Options of {@linkcode parseArgs}. */
export interface ParseOptions<
  TBooleans extends boolean | Names = boolean | Names,
  TStrings extends Names = Names,
  TCollect extends Names = Names,
  TNegatable extends Names = Names,
  TDefaults extends Record<string, unknown> | undefined = Record<string, unknown> | undefined,
  TDoubleDash extends boolean | undefined = boolean | undefined,
> {
  /** Whether what follows "--" goes to `["--"]` of the result instead of `_`; false by default. */
  "--"?: TDoubleDash;
  /** Other names of an option. */
  alias?: Readonly<Record<string, string | readonly string[]>>;
  /** Options that are true or false; false by default. `true` for every option without a value of its own. */
  boolean?: TBooleans | readonly Extract<TBooleans, string>[];
  /** Values of options that are not given. */
  default?: TDefaults;
  /** Whether everything after the first argument that is no option is left as it is; false by default. */
  stopEarly?: boolean;
  /** Options whose value stays text; "_" for the arguments without option. */
  string?: TStrings | readonly Extract<TStrings, string>[];
  /** Options that may be given many times, with all values in an array; of the others the last one counts. */
  collect?: TCollect | readonly Extract<TCollect, string>[];
  /** Options that `--no-<name>` sets to false. */
  negatable?: TNegatable | readonly Extract<TNegatable, string>[];
  /** Called with each argument that is not declared; when it returns false the argument is left out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}
