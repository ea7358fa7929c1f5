import type { JsonSchema } from "../../src/report/mod.ts";
import { InputError } from "../../src/data/mod.ts";
import { namesIn, readInput, removeFolder, writeWhole } from "./files.ts";
import { parseShallow } from "./limited.ts";

/** The folder of finished pieces, inside that of a run: where it is, the run is unfinished. */
export const PIECES = "pieces";

/** The finished pieces of a run that may be interrupted, a file for each, so that no more than what is under way is lost; in memory are their names alone. */
export interface Pieces<Piece> {
  /** The names of those that are there: what an earlier start finished, and what was kept since. */
  readonly names: ReadonlySet<string>;
  /** Keeps a piece. */
  save(name: string, piece: Piece): Promise<void>;
  /** Gives back a piece that is there. */
  read(name: string): Promise<Piece>;
  /** Removes all of them, when the run is finished. */
  clear(): Promise<void>;
}

/** What may be taken for a piece. */
export interface PieceRule<Piece> {
  /** What it has to look like; of the piece with this name. */
  readonly schema: (name: string) => JsonSchema;
  /** What is wrong with it beside that, in half a sentence; null for nothing (default nothing). */
  readonly problem?: (piece: Piece, name: string) => string | null;
}

/**
 * Opens the pieces of a run.
 *
 * @param folder The folder of the run.
 * @param mark A mark of everything that a piece follows from: pieces with another one are refused.
 * @param names The names of the pieces that the run will have, of letters, digits and dashes: other files are left alone.
 * @param rule What may be taken for a piece.
 * @throws {InputError} If a file is no piece of this run.
 */
export async function openPieces<Piece>(
  folder: string,
  mark: string,
  names: readonly string[],
  rule: PieceRule<Piece>,
): Promise<Pieces<Piece>> {
  const inside = await namesIn(`${folder}/${PIECES}`);
  const fileOf = (name: string) => `${folder}/${PIECES}/${name}.json`;
  const there = new Set<string>();
  for (const name of names) {
    if (!inside.has(`${name}.json`)) continue;
    await checkedPiece(fileOf(name), mark, name, rule);
    there.add(name);
  }
  return {
    names: there,
    async save(name, piece) {
      await writeWhole(fileOf(name), pieceText(mark, piece));
      there.add(name);
    },
    read: (name) => readPiece(fileOf(name), mark),
    clear: () => removeFolder(`${folder}/${PIECES}`),
  };
}

/** All pieces that are there, in memory, by their names. */
export async function allPieces<Piece>({ names, read }: Pieces<Piece>): Promise<Map<string, Piece>> {
  const found = new Map<string, Piece>();
  for (const name of names) found.set(name, await read(name));
  return found;
}

/** Pieces in memory, for a run that nobody resumes. */
export function memoryPieces<Piece>(): Pieces<Piece> {
  const kept = new Map<string, Piece>();
  const names = new Set<string>();
  return {
    names,
    save(name, piece) {
      kept.set(name, piece);
      names.add(name);
      return Promise.resolve();
    },
    read: (name) => Promise.resolve(kept.get(name)!),
    clear: () => Promise.resolve(),
  };
}

/** Refuses a file that is no piece of this run. */
function refuse(file: string, why = ""): never {
  throw new InputError(`the file is not a finished piece of this run${why}; remove it, and the piece is made again`, {
    file,
  });
}

/** A piece that was looked at, or written by this process. */
async function readPiece<Piece>(file: string, mark: string): Promise<Piece> {
  const { mark: own, piece } = contentOf(await readInput(file));
  return own === mark ? piece as Piece : refuse(file);
}

/** Looks at a piece that an earlier start has left. */
async function checkedPiece<Piece>(
  file: string,
  mark: string,
  name: string,
  { schema, problem = () => null }: PieceRule<Piece>,
): Promise<void> {
  const piece = await readPiece<Piece>(file, mark);
  const { schemaProblem }: typeof import("../../src/report/mod.ts") = await import("../../src/report/mod.ts" as string);
  const shape = schemaProblem(schema(name), piece);
  if (shape !== null) return refuse(file, ` (${shape})`);
  const wrong = problem(piece, name);
  if (wrong !== null) refuse(file, `: ${wrong}`);
}

/** What a file of a piece holds; nothing where it is none. */
function contentOf(text: string): { readonly mark?: unknown; readonly piece?: unknown } {
  try {
    const value = plainOf(parseShallow(text));
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** The entry that stands for what JSON does not have. */
const SPECIAL = "$special";

/** Values as JSON that reads back to the bit: NaN, infinities, -0 and typed arrays too. */
export function pieceText(mark: string, piece: unknown): string {
  return `${JSON.stringify({ mark, piece: storable(piece) })}\n`;
}

function storable(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? value : special(value);
  if (value instanceof Float64Array) {
    return {
      [SPECIAL]: "float64",
      base64: new Uint8Array(value.buffer, value.byteOffset, value.byteLength).toBase64(),
    };
  }
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, storable(entry)]));
}

const special = (value: number) => ({ [SPECIAL]: Object.is(value, -0) ? "-0" : String(value) });

/** The values that {@linkcode pieceText} wrote. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== "object" || value === null) return value;
  if (SPECIAL in value) return specialOf(value as Readonly<Record<string, unknown>>);
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, plainOf(entry)]));
}

function specialOf({ [SPECIAL]: kind, base64 }: Readonly<Record<string, unknown>>): unknown {
  if (kind === "NaN" || kind === "Infinity" || kind === "-Infinity" || kind === "-0") return Number(kind);
  if (kind !== "float64" || typeof base64 !== "string") throw new SyntaxError("it holds an unknown value");
  const bytes = Uint8Array.fromBase64(base64);
  if (bytes.length % 8 !== 0) throw new SyntaxError("it holds a part of a number");
  return new Float64Array(bytes.buffer);
}
