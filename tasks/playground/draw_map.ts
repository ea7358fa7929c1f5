import { createHeadObjective, findDescent, type Head, lambdaMin } from "../../src/landscape/mod.ts";
import { joinParts, splitParts } from "../../src/nn/mod.ts";
import { chooseReach, emptyGrid, evaluateRow, type Plane, PLANE_AXES } from "../../src/surface/mod.ts";
import { matrix, type Vector } from "../../src/tensor/mod.ts";
import { headOf } from "../../src/train/mod.ts";
import type { Trial } from "./trial.ts";
import type { MapView } from "./messages.ts";
import { type PlaneKind, planeThrough, project } from "./plane.ts";

/** The names of the axes on which a descent is shown. */
const DESCENT_AXES = ["descent direction", "a direction across it"] as const;

/** The loss over a plane through the parameters as they are. */
export function drawMap(
  trial: Trial,
  kind: PlaneKind,
  steps: number,
): { readonly map: MapView; readonly plane: Plane } {
  const { kernels, session, objective, settings } = trial;
  const { net } = session;
  const [params, path] = [session.params(), session.path()];
  const task = { net, objective, params, path, seed: settings.seed };
  const down = kind === "descent" ? descentFrom(trial) : null;
  const plane = kind === "descent" ? { origin: params, ...down!.directions } : planeThrough(kernels, task, kind);
  const shown = kind === "path" ? path.map((point) => project(plane, point)) : [];
  const descent = down?.points ?? [];
  const reach = chooseReach((at) => objective.value(at), plane, session.comparator.value, [...shown, ...descent]);
  const empty = emptyGrid(steps, reach);
  const values = new Float64Array(steps * steps);
  for (let row = 0; row < steps; row++) values.set(evaluateRow(objective, plane, empty, row), row * steps);
  const { value: linear } = session.comparator;
  const map = {
    plane: kind,
    grid: { ...empty, values },
    linear,
    path: shown,
    axes: kind === "descent" ? DESCENT_AXES : PLANE_AXES[kind],
    descent,
    note: down?.note ?? "",
  };
  return { map, plane };
}

/** Points on the way along a descent direction. */
const ALONG = 40;

/** The descent direction of Theorem A (or of Theorem 1 where the gradient shows it) from the parameters as they are, with theta fixed. */
function descentFrom({ kernels, session, objective, prepared: { training, loss } }: Trial) {
  const { net, ridge, comparator: linear } = session;
  const params = session.params();
  using head = createHeadObjective(kernels, {
    x: training.x,
    y: training.y,
    f: objective.features(params),
    loss,
    ridge,
  });
  const at = head.at(headOf(net, params));
  if (!(at.value > linear.value)) {
    throw new RangeError(
      "Cannot show a descent direction from here: the point is at or below the best linear predictor already; restart, or choose the saddle as the start",
    );
  }
  const comparator = { A: matrix(net.outputs, net.d, linear.weights), C: null, value: linear.value };
  const found = findDescent(head, at, lambdaMin(head, at), comparator);
  if (found === null) throw new RangeError("Cannot show a descent direction from here: none was found");
  const flat = ({ W, V }: Head): Vector =>
    joinParts(net, { w: W.data, V: V.data, theta: new Float64Array(splitParts(net, params).theta.length) });
  const a = flat(found.direction);
  const across = flat({ W: at.gradientW, V: at.gradientV });
  const points = Array.from({ length: ALONG + 1 }, (_, i) => [found.step * i / ALONG, 0] as const);
  const short = (value: number) => String(Number(value.toPrecision(3)));
  return {
    directions: { a, b: orthogonalTo(a, across) },
    points,
    note:
      `A descent direction of ${
        found.order === "first" ? "first order" : `negative curvature ${short(found.curvature)}`
      }: ` +
      `along it the loss falls from ${short(at.value)} to ${
        short(found.reached.value)
      }; the best linear predictor has ${short(linear.value)}.`,
  };
}

/** A vector without its part along another, as long as that one; where nothing is left, a coordinate's. */
function orthogonalTo(a: Vector, wanted: Vector): Vector {
  const square = (x: Vector) => x.reduce((sum, value) => sum + value * value, 0);
  const length = square(a);
  const rest = (x: Vector): Vector => {
    const share = a.reduce((sum, value, i) => sum + value * x[i], 0) / length;
    return x.map((value, i) => value - share * a[i]);
  };
  const unit = (at: number) => new Float64Array(a.length).with(at, 1);
  // Of all coordinates, the one where the direction is least has most left.
  const least = a.reduce((best, value, i) => Math.abs(value) < Math.abs(a[best]) ? i : best, 0);
  const first = rest(wanted);
  const found = square(first) > 1e-12 * square(wanted) ? first : rest(unit(least));
  const scale = Math.sqrt(length / square(found));
  return found.map((value) => value * scale);
}
