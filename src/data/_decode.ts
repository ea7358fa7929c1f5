import { InputError } from "./input_error.ts";

/** What stands for bytes that are no UTF-8. */
const REPLACEMENT = "\ufffd";

/**
 * Decodes UTF-8 in pieces, a byte order mark as a character: whole characters of each, by a decoder that refuses nothing. One that keeps the rest of a
 * piece, or refuses what is no UTF-8, takes five times as long, and is asked only where a replacement is found.
 */
export function textDecoder(file: string): { next(bytes: Uint8Array): string; end(): string } {
  const [decoder, strict] = [false, true].map((fatal) => new TextDecoder("utf-8", { fatal, ignoreBOM: true }));
  let rest = new Uint8Array(0);
  const decode = (bytes: Uint8Array): string => {
    const text = decoder.decode(bytes);
    if (!text.includes(REPLACEMENT)) return text;
    try {
      return strict.decode(bytes);
    } catch {
      throw new InputError("the file is not UTF-8 text; save the table as CSV in UTF-8", { file });
    }
  };
  return {
    next(bytes) {
      const joined = rest.length === 0 ? bytes : concat([rest, bytes]);
      const end = wholeCharacters(joined);
      rest = joined.slice(end);
      return decode(joined.subarray(0, end));
    },
    end: () => decode(rest),
  };
}

/** Bytes one after another. */
function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** How many bytes at the start of some are whole characters: all but the first bytes of one that is longer than what there is of it. */
function wholeCharacters(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let at = length - 1; at >= Math.max(0, length - 3); at--) {
    if (bytes[at] < 0x80) break;
    if (bytes[at] < 0xc0) continue;
    const size = bytes[at] < 0xe0 ? 2 : bytes[at] < 0xf0 ? 3 : 4;
    return at + size > length ? at : length;
  }
  return length;
}
