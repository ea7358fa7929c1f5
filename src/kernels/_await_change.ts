/** A sleeping thread wakes up this often [ms], so that it can end when requested. */
const NAP = 100;

/** How long a thread waits for another one. */
export interface Waiting {
  /** Looks at the number before the thread goes to sleep, each about 50 nanoseconds: a thread that looks holds the core that the one it waits for may need. */
  readonly looks: number;
  /** Naps after which it gives up, 100 ms each. */
  readonly naps: number;
}

/** Waits until an integer is no longer `value`: looks for a while, then sleeps. False when it did not change within so many naps. */
export function awaitChange(state: Int32Array, index: number, value: number, { looks, naps }: Waiting): boolean {
  for (let look = 0; look < looks; look++) {
    if (Atomics.load(state, index) !== value) return true;
    // Newer than some runtimes; it lets a core's other half, and its power, go elsewhere.
    Atomics.pause?.();
  }
  // A sleeper can be woken by the call that announced the value it already has, so only the value counts.
  for (let nap = 0; nap < naps; nap++) {
    Atomics.wait(state, index, value, NAP);
    if (Atomics.load(state, index) !== value) return true;
  }
  return false;
}
