import { InputError } from "../../src/data/mod.ts";

/** Bytes of a file of each kind that are read; a longer one is refused before it is read. */
export const MOST = {
  /** Settings of a run or of a command. */
  settings: 4 << 20,
  /** Verdicts, findings, trajectories and pictures. */
  report: 256 << 20,
  /** Models, checkpoints and arrays. */
  numbers: 16 * 2 ** 30,
} as const;

/** Bytes that tell what a file is, and bytes that are read at a time where the size is not known. */
const [START, PIECE] = [16, 1 << 20];

/** Records, lists and records in them: JSON that is nested deeper is not read, since what reads it calls itself. */
const DEEPEST = 200;

/** What a file is in messages: 3.2 GB, 512 kB. */
export function sizeText(bytes: number): string {
  for (const [unit, size] of [["TB", 2 ** 40], ["GB", 2 ** 30], ["MB", 2 ** 20], ["kB", 1024]] as const) {
    if (bytes >= size) return `${Number((bytes / size).toPrecision(2))} ${unit}`;
  }
  return `${bytes} bytes`;
}

/** Whether the start of a file may be that of one that is wanted: its first bytes, 16 or as many as there are. */
export type AcceptStart = (start: Uint8Array) => boolean;

/**
 * Reads an open file whole, its size looked at first; of what has no size, such as a pipe, no more than is allowed.
 *
 * @param file The file; open.
 * @param path Its name, for messages.
 * @param most The most bytes.
 * @param accepts Whether its first bytes are right; what has others is read no further (default all).
 * @throws {InputError} If it is longer, is a folder or a device, or grows or shrinks while it is read.
 */
export async function readLimited(
  file: Deno.FsFile,
  path: string,
  most: number,
  accepts: AcceptStart = () => true,
): Promise<Uint8Array<ArrayBuffer>> {
  const refuse = (problem: string): never => {
    throw new InputError(problem, { file: path });
  };
  const { isFile, isDirectory, isCharDevice, isBlockDevice, size } = await file.stat();
  if (isDirectory) return refuse("this is a folder; name a file");
  if (isBlockDevice || isCharDevice && !file.isTerminal()) return refuse("this is a device; name a file");
  const tooLong = (bytes: string) =>
    refuse(`the file has ${bytes}, and such a file has at most ${sizeText(most)}; check the name`);
  if (isFile && size > most) return tooLong(sizeText(size));
  const whole = new Uint8Array(isFile ? size : START);
  const start = await fill(file, whole.subarray(0, START));
  if (!accepts(start)) return start.slice();
  if (isFile) {
    const filled = start.length + (await fill(file, whole.subarray(start.length))).length;
    if (filled < size) return refuse("the file shrank while it was read; wait until it is whole");
    const more = await fill(file, new Uint8Array(1));
    return more.length > 0 ? refuse("the file grew while it was read; wait until it is whole") : whole;
  }
  const pieces = [start];
  for (let read = start.length;;) {
    const piece = await fill(file, new Uint8Array(PIECE));
    if (piece.length === 0) return joined(pieces);
    read += piece.length;
    if (read > most) return tooLong(`more than ${sizeText(most)}`);
    pieces.push(piece);
  }
}

/** What the next bytes of a file fill of an array. */
async function fill(file: Deno.FsFile, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  let filled = 0;
  while (filled < bytes.length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function joined(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * Parses JSON that is nested at most 200 deep. Cost: linear in the text.
 * @throws {SyntaxError} If the text is not JSON, or nested deeper.
 */
export function parseShallow(text: string): unknown {
  let [depth, inText] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) inText = !inText;
    else if (inText) at += code === 92 ? 1 : 0;
    else if (code === 91 || code === 123) {
      if (++depth > DEEPEST) throw new SyntaxError(`it is nested more than ${DEEPEST} deep`);
    } else if (code === 93 || code === 125) depth--;
  }
  return JSON.parse(text);
}
