/** Milliseconds of a clock that never goes back. */
export const clock = (): number => performance.now();

/** The time of day, in UTC, as ISO 8601 has it. */
export const timeOfDay = (): string => new Date().toISOString();

/** The name of this machine; "unknown" where the program may not ask. */
export function hostName(): string {
  try {
    return Deno.hostname();
  } catch {
    return "unknown";
  }
}
