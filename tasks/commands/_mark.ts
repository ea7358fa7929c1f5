/** Numbers that are hashed at a time: a hash takes a copy of them. */
const HASHED = 1 << 19;

/** A mark of data and settings: the start of the hash of their pieces' hashes. */
export async function markOf(parts: readonly Float64Array[], text: string): Promise<string> {
  const hash = async (bytes: BufferSource) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hashes: Uint8Array[] = [];
  for (const part of parts) {
    for (let from = 0; from < part.length; from += HASHED) {
      hashes.push(await hash(part.subarray(from, from + HASHED) as Float64Array<ArrayBuffer>));
    }
  }
  hashes.push(await hash(new TextEncoder().encode(text)));
  return (await hash(await new Blob(hashes as Uint8Array<ArrayBuffer>[]).arrayBuffer())).toHex().slice(0, 32);
}
