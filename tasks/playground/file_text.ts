/** The first bytes of Parquet, and of gzip. */
const [PARQUET, GZIP] = ["PAR1", "\x1f\x8b"];

/**
 * The text of a file that was dropped: CSV as it is, or packed with gzip.
 *
 * @param file The file.
 * @throws {RangeError} If it is Parquet, whose reader would not fit into the page, or damaged gzip: a sentence with what to do instead.
 */
export async function textOfFile(file: File): Promise<string> {
  const start = String.fromCharCode(...new Uint8Array(await file.slice(0, 4).arrayBuffer()));
  if (start === PARQUET) {
    throw new RangeError(
      `${file.name}: this page reads CSV, and not Parquet. Save the table as CSV, or train with the program, which reads Parquet: ` +
        `deno task fit --data ${file.name}`,
    );
  }
  if (!start.startsWith(GZIP)) return await file.text();
  try {
    return await new Response(file.stream().pipeThrough(new DecompressionStream("gzip"))).text();
  } catch {
    throw new RangeError(`${file.name}: the gzip file is damaged. Pack the table again, or drop it unpacked`);
  }
}
