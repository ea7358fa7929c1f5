import { InputError } from "../data/mod.ts";

/** The entries of a model file's metadata, each a JSON text. */
export interface Metadata {
  /** The value of an entry, as `check` has it; null there means that it is not what it must be. */
  required<T>(name: string, check: (value: unknown) => T | null, what: string): T;
  /** The same of an entry that may be left out; null where it is. */
  optional<T>(name: string, check: (value: unknown) => T | null, what: string): T | null;
  /** What is made of an entry, by something that throws where it is not what it must be. */
  made<T>(name: string, make: (value: unknown) => T, what: string): T;
  /** Refuses the file. */
  readonly refuse: (problem: string) => never;
}

/** The metadata of a file; what is wrong with an entry is an error of that file. */
export function readMetadata(metadata: Readonly<Record<string, string>>, file: string): Metadata {
  const refuse = (problem: string): never => {
    throw new InputError(problem, { file });
  };
  const required = <T>(name: string, check: (value: unknown) => T | null, what: string): T => {
    if (!Object.hasOwn(metadata, name)) return refuse(`the metadata lack "${name}"; add ${what}`);
    const value = check(parseJson(metadata[name]));
    return value ?? refuse(`the metadata "${name}" must be ${what}, got ${metadata[name].slice(0, 60)}`);
  };
  return {
    required,
    optional: (name, check, what) => Object.hasOwn(metadata, name) ? required(name, check, what) : null,
    made<T>(name: string, make: (value: unknown) => T, what: string): T {
      const value = required<unknown>(name, (value) => value, what);
      try {
        return make(value);
      } catch (error) {
        const { message } = error as Error;
        return refuse(
          `the metadata "${name}" must be ${what} (${message.slice(0, 1).toLowerCase()}${message.slice(1)})`,
        );
      }
    },
    refuse,
  };
}

/** The value of a JSON text; a text that is not JSON is taken literally, as in hand-written metadata. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether a value is an object with entries. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list of texts. */
export const readStrings = (value: unknown): readonly string[] | null =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string") ? value : null;
