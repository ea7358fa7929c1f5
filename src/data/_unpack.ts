import { InputError } from "./input_error.ts";
import type { BytePiece } from "./table_bytes.ts";

/** Packed bytes that are unpacked at a time: they become 17 MB at most, as gzip packs no more than 1032 bytes into one. */
const STEP = 1 << 14;

/** A file that unpacks to more than this many times its size, and to more than 256 MB, is refused: such files are made to fill a disk or a memory. */
const MOST_TIMES = 100;

/** Whether bytes are the start of a gzip file. */
export const isGzip = (start: Uint8Array): boolean => start[0] === 0x1f && start[1] === 0x8b;

/** The bytes of a gzip file, unpacked as they come, each with the share of the packed file; `always` of them whatever its size. */
export async function* unpack(
  pieces: AsyncIterable<BytePiece>,
  file: string,
  always = 2 ** 28,
): AsyncGenerator<BytePiece> {
  let [packed, unpacked, share] = [0, 0, 0];
  async function* steps(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for await (const piece of pieces) {
      ({ share } = piece);
      for (let from = 0; from < piece.bytes.length; from += STEP) {
        // A copy: the reader of the file writes over its buffer.
        const step = piece.bytes.slice(from, from + STEP) as Uint8Array<ArrayBuffer>;
        packed += step.length;
        yield step;
      }
    }
  }
  const reader = streamOf(steps()).pipeThrough(new DecompressionStream("gzip")).getReader();
  const next = async () => {
    try {
      return await reader.read();
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(
        "the gzip file is damaged, cut off or packed in several parts; unpack it, or pack it again",
        {
          file,
        },
      );
    }
  };
  try {
    for (let piece = await next(); !piece.done; piece = await next()) {
      unpacked += piece.value.length;
      if (unpacked > always && unpacked > MOST_TIMES * packed) {
        throw new InputError(
          `the file unpacks to more than ${MOST_TIMES} times its size; unpack it first if it is a table`,
          { file },
        );
      }
      yield { bytes: piece.value, share };
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** A stream of what an iterator gives, asked for as it is read. */
function streamOf(pieces: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
