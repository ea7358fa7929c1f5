/** What stands in the worker's script where the kernels belong, in base64. */
export const KERNELS = "%KERNELS%";

/**
 * Bytes that were compressed (raw deflate), from base64 to base64; empty where this runtime cannot expand them, and so has no SIMD either.
 *
 * @param packed The compressed bytes.
 */
export async function unpack(packed: string): Promise<string> {
  if (typeof DecompressionStream === "undefined") return "";
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const whole = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = "";
  for (let from = 0; from < whole.length; from += 0x8000) {
    text += String.fromCharCode(...whole.subarray(from, from + 0x8000));
  }
  return btoa(text);
}
