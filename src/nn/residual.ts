import { ShapeError } from "../tensor/mod.ts";
import { builtInLayer, checkedLayer } from "./_built_in.ts";
import { plus } from "./_rows.ts";
import type { Layer } from "./layer.ts";
import { initialParameters } from "./parameters.ts";
import { pushforward } from "./pushforward.ts";

/** `x + body(x)`; the body keeps the width of its input. */
export interface Residual extends Layer {
  /** The type of the layer. */
  readonly type: "residual";
  /** What is added to the identity. */
  readonly body: Layer;
}

/**
 * Adds the identity: `x + body(x)`.
 *
 * @param body A layer that keeps the width of its input.
 * @returns The layer, frozen.
 * @throws {RangeError} If a layer of your own has the type of a built-in one.
 * @example A residual block of two dense layers
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activation, chain, dense } from "@resland/resland/nn";
 * const block = residual(chain(dense(4, 8), activation("relu"), dense(8, 4)));
 * assertEquals(block.outputWidth(4), 4);
 * ```
 */
export function residual(body: Layer): Residual {
  return builtInLayer({ type: "residual", body: checkedLayer(body) } as const, {
    outputWidth(width) {
      const output = body.outputWidth(width);
      if (output !== width) {
        throw new ShapeError("add a residual body to its input", `[rows, ${width}]`, `[rows, ${output}]`);
      }
      return output;
    },
    parameters: (width) => body.parameters(width),
    initialise: (key, width, path) => initialParameters(key, body, width, path),
    forward(params, x) {
      const { y, pullback } = body.forward(params, x);
      return {
        y: plus(x, y),
        pullback(dy) {
          const { dParams, dx } = pullback(dy);
          return { dParams, dx: plus(dy, dx) };
        },
      };
    },
    pushforward(params, x, dParams, dx) {
      const tangent = pushforward(body, params, x, dParams, dx);
      return {
        dy: plus(dx, tangent.dy),
        pullback(g, dg) {
          const moved = tangent.pullback(g, dg);
          return { dParams: moved.dParams, dx: plus(dg, moved.dx) };
        },
      };
    },
  }, () => ({ type: "residual", body: body.toJson() }));
}
