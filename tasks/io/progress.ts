/** Progress of a long command on stderr: a live bar on a terminal, a line now and then elsewhere, nothing when quiet. */
export interface Progress {
  /** Shows how much is done, from 0 to 1, and of what. What is less than before counts as no more: a bar never runs backwards. */
  update(share: number, label: string): void;
  /** Removes the bar. */
  done(): void;
}

/** Characters of the bar. */
const WIDTH = 30;

/** Milliseconds between two pictures of the bar, and between two lines where there is no terminal. */
const [LIVE, PLAIN] = [50, 5000];

/** Removes the line that a terminal shows. */
const CLEAR = "\r\x1b[K";

/** Where progress is written, and what it may know of it. */
export interface ProgressTarget {
  /** Whether it is a terminal, on which a line can be written over. */
  readonly live: boolean;
  /** Writes text. */
  write(text: string): void;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

const STDERR: ProgressTarget = {
  get live() {
    return Deno.stderr.isTerminal();
  },
  write: (text) => {
    try {
      Deno.stderr.writeSync(new TextEncoder().encode(text));
    } catch {
      // Nobody reads it any more.
    }
  },
  now: () => performance.now(),
};

/** Removes the bar that is on the terminal now; null where there is none. */
let shown: (() => void) | null = null;

/** Removes a bar from the terminal, for what is printed next; the next update shows it again. */
export function clearBar(): void {
  shown?.();
  shown = null;
}

/** A process that is ended while it works leaves no bar behind. */
let watched = false;
function watchEnd(): void {
  if (!watched) addEventListener("unload", clearBar);
  watched = true;
}

/** Progress for a command; `quiet` shows nothing. */
export function startProgress(quiet: boolean, { live, write, now }: ProgressTarget = STDERR): Progress {
  if (quiet) return { update: () => {}, done: () => {} };
  const started = now();
  let [last, most] = [started, 0];
  return {
    update(given, label) {
      const share = most = Math.max(most, Math.min(1, given));
      const time = now();
      if (time - last < (live ? LIVE : PLAIN)) return;
      last = time;
      const full = Math.round(share * WIDTH);
      const percent = `${Math.floor(100 * share)}%`.padStart(4);
      const left = share > 0.02 ? `, ${Math.ceil((time - started) / 1000 * (1 - share) / share)} s left` : "";
      if (!live) return write(`${percent.trim()} ${label}${left}\n`);
      write(`${CLEAR}[${"#".repeat(full)}${".".repeat(WIDTH - full)}]${percent} ${label}${left}`);
      shown = () => write(CLEAR);
      watchEnd();
    },
    done: clearBar,
  };
}

/** Progress of a part of the work, from one share of the whole to another. */
export function partOf(whole: Progress, from: number, to: number): Progress {
  return { ...whole, update: (share, label) => whole.update(from + share * (to - from), label) };
}
