import { assertEquals } from "@std/assert";
import { dense, network, withoutFeatures } from "../../src/nn/mod.ts";

Deno.test("withoutFeatures() of a plain network takes the feature out of every output, however many there are", () => {
  for (const [d, outputs] of [[1, 3], [4, 2], [2, 2]]) {
    const net = network(d, dense(d, 2), { kind: "plain", outputs });
    const params = Float64Array.from({ length: net.size }, (_, at) => at + 1);
    // W [outputs, 2], then the weights [2, d] and the biases [2] of the two units.
    const weights = 2 * outputs;
    const gone = (at: number) =>
      at < weights ? at % 2 === 1 : at < weights + 2 * d ? at >= weights + d : at === net.size - 1;
    assertEquals(withoutFeatures(net, params, [1]), params.map((value, at) => gone(at) ? 0 : value));
  }
});
