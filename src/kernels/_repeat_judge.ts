import { CREDIT, LONGEST_REST, PATIENCE, PENANCE, REST } from "./_sharing_limits.ts";

/** Decides, piece by piece, whether threads share a step or their leader does it alone, whichever was measured to be faster. */
export interface Judge {
  /** Called before each piece, with its number in the step. True: shared. */
  shared(piece: number): boolean;
  /** Called when the piece that `shared` was asked about is done. */
  done(): void;
}

/** Work alone is timed for so long [ms], and for so many steps, before it counts: long against the clock's own cost. */
const SPELL = 1;
const SPELL_STEPS = 2;

/** Spells alone whose median is what sharing is held to: one of them may be disturbed. */
const SPELLS = 3;

/** Sharing must take less than this share of the time alone: a smaller gain does not justify a core. */
const WORTH = 0.97;

/** While sharing pays, the time alone is measured afresh after so many times the length of a spell, then twice that, up to most. */
const FRESH = 16;
const FRESHEST = 256;

/** What reading the clock may cost, as a share of a step, and what it costs [ms] with two looks at each of three pieces. */
const CLOCK_SHARE = 0.02;
const CLOCK_COST = 0.0008;

/**
 * A judge of steps. A step is what lies between two pieces of number 0. Three phases: spells alone, timed, of
 * which the median is the mark; sharing, for as long as it is not behind that mark by {@linkcode PATIENCE} in all, up to
 * {@linkcode CREDIT} of what it gained before set against it; and after a loss a rest, alone and without a clock.
 *
 * `now` is a clock that never goes back [ms]. Only the time within pieces counts: what the leader does between them is the same either way.
 */
export function createJudge(now: () => number): Judge {
  let sharing = false;
  /** Whether the pieces of this step are timed, when the current one began, and what the step took so far. */
  let timed = false;
  let begun = 0;
  let took = 0;
  /** The current spell, those that count, and their median [ms per step]. */
  let spell = { steps: 0, time: 0 };
  let spells: readonly number[] = [];
  let alone = 0;
  /** How far sharing is behind, how long it went on, and how long it may until the mark is taken afresh [ms]. */
  let behind = 0;
  let shareTime = 0;
  let freshAfter = 0;
  /** Every `stride`-th step is timed when steps are short. */
  let stride = 1;
  let untilTimed = 0;
  /** Steps left of a rest, and how long the last one was [ms]. The first step is one: it has no end before it. */
  let resting = 1;
  let rest = 0;

  const beginSpell = () => {
    sharing = false;
    timed = true;
    spell = { steps: 0, time: 0 };
  };
  const beginSharing = () => {
    sharing = true;
    shareTime = untilTimed = 0;
  };
  const beginRest = () => {
    sharing = timed = false;
    rest = Math.max(PENANCE * behind, Math.min(LONGEST_REST, Math.max(REST, 2 * rest)));
    resting = Math.max(1, Math.ceil(rest / alone));
    spells = [];
    behind = freshAfter = 0;
  };

  /** A timed step alone. */
  const learn = () => {
    spell = { steps: spell.steps + 1, time: spell.time + took };
    if (spell.time < SPELL || spell.steps < SPELL_STEPS) return;
    spells = [...spells.slice(1 - SPELLS), spell.time / spell.steps];
    if (spells.length < SPELLS) return beginSpell();
    alone = spells.toSorted((a, b) => a - b)[SPELLS >> 1];
    stride = Math.max(1, Math.round(CLOCK_COST / CLOCK_SHARE / alone));
    freshAfter = Math.min(FRESHEST * spell.time, Math.max(FRESH * spell.time, 2 * freshAfter));
    beginSharing();
  };
  /** A timed step of all: it stands for those that were not timed. */
  const compare = () => {
    behind = Math.max(-CREDIT, behind + stride * (took - WORTH * alone));
    shareTime += stride * took;
    if (behind > Math.max(PATIENCE, 2 * alone)) return beginRest();
    // It went well for as long as it rested: the next loss is another one.
    if (shareTime > rest) rest = 0;
    if (shareTime > freshAfter) beginSpell();
  };
  /** The end of a step: what to do in the next one. */
  const endStep = () => {
    if (resting > 0) {
      resting--;
      if (resting === 0) beginSpell();
    } else if (timed) {
      if (sharing) compare();
      else learn();
    }
    if (sharing) {
      timed = untilTimed === 0;
      untilTimed = timed ? stride - 1 : untilTimed - 1;
    }
    took = 0;
  };

  return {
    shared(piece) {
      if (piece === 0) endStep();
      if (timed) begun = now();
      return sharing;
    },
    done() {
      if (timed) took += now() - begun;
    },
  };
}
