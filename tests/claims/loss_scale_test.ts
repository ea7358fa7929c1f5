import { assertAlmostEquals } from "@std/assert";
import { lossScale } from "../../src/claims/_loss_scale.ts";
import { isJoint, logistic, softmax, squared } from "../../src/loss/mod.ts";
import { key, normal } from "../../src/random/mod.ts";

Deno.test("lossScale() is the mean loss of 0 or of the means, on few rows and on more than a piece", () => {
  for (const [loss, m] of [[squared, 1], [squared, 3], [logistic, 1], [softmax, 3]] as const) {
    for (const rows of [1, 7, 1024, 2500]) {
      const draws = normal(key(rows), rows * m);
      const y = isJoint(loss)
        ? draws.map((_, at) => Number(at % m === Math.floor(at / m) % 2))
        : loss === logistic
        ? draws.map((value) => value < 0.5 ? -1 : 1)
        : draws.map((value) => value + 2);
      const means = Array.from({ length: m }, (_, a) => {
        let sum = 0;
        for (let i = 0; i < rows; i++) sum += y[i * m + a] / rows;
        return sum;
      });
      const meanLoss = (p: readonly number[]) => {
        let sum = 0;
        for (let i = 0; i < rows; i++) {
          const own = y.subarray(i * m, (i + 1) * m);
          if (isJoint(loss)) sum += loss.evaluate({ n: 1, m, p, y: own }, 1, []);
          else own.forEach((target, a) => sum += loss.value(p[a], target));
        }
        return sum / rows;
      };
      const expected = Math.min(meanLoss(new Array(m).fill(0)), meanLoss(means));
      assertAlmostEquals(lossScale({ loss, y, weights: null, rows, outputs: m }), expected, 1e-12 * (1 + expected));
    }
  }
});
