import { UsageError } from "../../src/cli/mod.ts";
import { findExtremeEigenvalues } from "../../src/curvature/mod.ts";
import { InputError } from "../../src/data/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import { decodeNpy, type NpyArray } from "../../src/model/mod.ts";
import type { Objective } from "../../src/objective/mod.ts";
import { fold, key } from "../../src/random/mod.ts";
import {
  type Directions,
  findReach,
  headDirections,
  orthonormalPlane,
  type PathPoint,
  pcaDirections,
  type Plane,
  randomDirection,
  type Reach,
} from "../../src/surface/mod.ts";
import { readBytes } from "../io/files.ts";
import { drive } from "../io/interrupt.ts";
import type { ModelData } from "./_model_data.ts";

/** What is evaluated: a plane, how far it reaches, and the path of training in it when there is one. */
export interface Slice {
  /** The parameters along the path. */
  readonly points: readonly Float64Array[];
  readonly plane: Plane;
  readonly reach: Reach;
  readonly path: readonly PathPoint[];
}

/** The options that say what is evaluated. */
export interface SliceOptions {
  readonly plane: "random" | "head" | "hessian" | "path" | "line";
  readonly path: string | null;
  /** Half the length of each axis; null to reach beyond the contour of the linear level. */
  readonly reach: number | null;
  readonly seed: number;
}

/** A model's loss, and the level of the best linear predictor. */
export interface LossAround {
  readonly kernels: Kernels;
  readonly objective: Objective;
  readonly linear: number;
}

/** The plane through a model that the options name, and how far it reaches; ends early at a signal. */
export async function sliceOf(
  { model: { net, params } }: Pick<ModelData, "model">,
  { kernels, objective, linear }: LossAround,
  options: SliceOptions,
  signal: AbortSignal,
): Promise<Slice> {
  const from = key(options.seed);
  const { reach } = options;
  const sized = async (
    plane: Plane,
    path: readonly PathPoint[],
    points: readonly Float64Array[],
  ): Promise<Slice> => {
    const shown = path.map(({ alpha, beta }) => [alpha, beta] as const);
    const chosen = reach === null
      ? await drive(findReach((at) => objective.value(at), plane, linear, shown), signal)
      : { a: [-reach, reach], b: [-reach, reach] } as const;
    return { plane, reach: chosen, path, points };
  };
  const around = ({ a, b }: Directions): Promise<Slice> => sized({ origin: params, a, b }, [], []);
  if (options.path !== null && options.plane !== "path") {
    throw new UsageError("--path is for --plane path; leave it out");
  }
  switch (options.plane) {
    case "random":
    case "line": {
      const [a, b] = ["a", "b"].map((label) => randomDirection(net, params, fold(from, label)));
      return around(orthonormalPlane(a, b));
    }
    case "head":
      return around(headDirections(net, params));
    case "hessian": {
      const wanted = { count: Math.min(2, net.size), block: 1 };
      const steps = findExtremeEigenvalues(kernels, (v) => objective.hvp(params, v), net.size, from, wanted);
      const { high } = await drive(steps, signal);
      return around({ a: high[0].vector, b: high[1].vector });
    }
    case "path": {
      const path = [...await pathIn(options.path, net.size), params];
      const { origin, a, b, points } = planeOfPath(path, options.path!);
      return sized({ origin, a, b }, points, path);
    }
  }
}

/** The plane that is nearest to the points of a file; refuses points that have none. */
function planeOfPath(path: readonly Float64Array[], file: string): ReturnType<typeof pcaDirections> {
  try {
    return pcaDirections(path);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(
      `no plane is nearest to this path: ${error.message.replace(/^[^:]*: /, "")}; draw another plane`,
      { file },
    );
  }
}

async function pathIn(file: string | null, size: number): Promise<readonly Float64Array[]> {
  if (file === null) throw new UsageError("--plane path needs the path of training; add --path runs/fit/path.npy");
  const { shape, data } = npyIn(await readBytes(file), file);
  if (shape.length !== 2 || shape[1] !== size || shape[0] < 2) {
    throw new InputError(`the array has the shape [${shape}]; the model's path has [epochs + 1, ${size}]`, { file });
  }
  return Array.from({ length: shape[0] }, (_, row) => Float64Array.from(data.subarray(row * size, (row + 1) * size)));
}

function npyIn(bytes: Uint8Array, file: string): NpyArray {
  try {
    return decodeNpy(bytes);
  } catch (error) {
    throw new InputError(`${(error as Error).message}; write it again with fit --keep-path`, { file });
  }
}
