import type { Resident, Slot } from "../objective/internal.ts";
import type { Transform } from "./transform.ts";

/** A transform in kernel memory: its state stays there between `load` and `save`, and a step makes no object. */
export interface PlacedTransform<State> {
  /** Takes up a state. */
  load(state: State): void;
  /** The state as a value. */
  save(): State;
  /** One step: changes the update in place, or points it at another vector. */
  update(update: PlacedUpdate): void;
}

/** An update as a multiple of a vector in kernel memory: what comes from the transform before, and goes to the next one. */
export interface PlacedUpdate {
  /** The vector; it may be overwritten. */
  slot: Slot;
  /** What it is multiplied with. */
  factor: number;
}

/** How a transform is placed in kernel memory. */
type Place<State> = (resident: Resident) => PlacedTransform<State>;

/** Where a transform keeps that; a copy of the transform with another update does not take it over. */
const PLACE = Symbol("placed transform");

/** A transform that does the same in kernel memory. */
export function placeable<State>(transform: Transform<State>, place: Place<State>): Transform<State> {
  return Object.freeze(Object.defineProperty({ ...transform }, PLACE, { value: place }));
}

/** A transform in kernel memory: its own way there, or copies out and in around its pure update. */
export function placeTransform<State>(transform: Transform<State>, resident: Resident): PlacedTransform<State> {
  const { [PLACE]: place } = transform as Transform<State> & { readonly [PLACE]?: Place<State> };
  return place?.(resident) ?? copied(transform, resident);
}

function copied<State>(transform: Transform<State>, resident: Resident): PlacedTransform<State> {
  let state: State;
  return {
    load: (loaded) => void (state = loaded),
    save: () => state,
    update(update) {
      const gradient = resident.read(update.slot).map((value) => value * update.factor);
      const [values, next] = transform.update(gradient, state, resident.read(resident.params));
      resident.write(update.slot, values);
      update.factor = 1;
      state = next;
    },
  };
}

/** A transform in place that has nothing to do, and no state. */
export const idle = (): PlacedTransform<null> => ({ load() {}, save: () => null, update() {} });
