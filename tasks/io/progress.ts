/** Progress of a long command on stderr: a live bar on a terminal, a line now and then elsewhere, nothing when quiet. */
export interface Progress {
  /** Shows how much is done, from 0 to 1, and of what. */
  update(share: number, label: string): void;
  /** Removes the bar. */
  done(): void;
}

/** Characters of the bar. */
const WIDTH = 30;

/** Seconds between two lines where there is no terminal. */
const EVERY = 5;

/** Progress for a command; `quiet` shows nothing. */
export function startProgress(quiet: boolean): Progress {
  const silent: Progress = { update: () => {}, done: () => {} };
  if (quiet) return silent;
  const live = Deno.stderr.isTerminal();
  const started = performance.now();
  let shown = started;
  const write = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text));
  return {
    update(share, label) {
      const now = performance.now();
      if (now - shown < (live ? 50 : EVERY * 1000)) return;
      shown = now;
      const full = Math.round(share * WIDTH);
      const percent = `${Math.floor(100 * share)}%`.padStart(4);
      const left = share > 0.02 ? `, ${Math.ceil((now - started) / 1000 * (1 - share) / share)} s left` : "";
      if (live) write(`\r\x1b[K[${"#".repeat(full)}${".".repeat(WIDTH - full)}]${percent} ${label}${left}`);
      else write(`${percent.trim()} ${label}${left}\n`);
    },
    done() {
      if (live) write("\r\x1b[K");
    },
  };
}
