import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { surfaceSvg } from "../../../src/report/charts/mod.ts";
import { axis, type Grid } from "../../../src/surface/mod.ts";

/** A bowl, alpha² + beta², on 21 x 21 points. */
function bowl(): Grid {
  const across = axis(21, [-1, 1]);
  const values = Float64Array.from({ length: 441 }, (_, i) => across[i % 21] ** 2 + across[Math.floor(i / 21)] ** 2);
  return { alphas: across, betas: across, values };
}

/** The outlines in an SVG that are drawn as thick as the linear level, and those of the bands. */
function outlines(svg: string): { readonly thick: readonly string[]; readonly bands: readonly string[] } {
  const drawn = (width: string) => {
    const [, group = ""] = svg.match(new RegExp(`<g [^>]*stroke-width="${width}"[^>]*>([^]*?)</g>`)) ?? [];
    return Array.from(group.matchAll(/<path [^>]*?\bd="([^"]*)"/g), ([, outline]) => outline);
  };
  return { thick: drawn("2.5"), bands: drawn("0.3") };
}

Deno.test("surfaceSvg() has no band of one colour on both sides of the linear level: the level bounds a band", () => {
  for (const linear of [0.1, 0.37, 1]) {
    const { thick, bands } = outlines(surfaceSvg(bowl(), linear, "A bowl"));
    assertEquals(thick.length, 1);
    assert(thick[0].startsWith("M") && bands.length > 10);
    assert(bands.includes(thick[0]), `the level ${linear} is inside a band`);
  }
});

Deno.test("surfaceSvg() says in words how many points are at or below linear, and how many are missing", () => {
  const { values, ...axes } = bowl();
  const below = values.filter((value) => value <= 0.37).length;
  const share = `${(100 * below / 441).toFixed(1)} % of the points are at or below it.`;
  assertStringIncludes(surfaceSvg({ ...axes, values }, 0.37, "A bowl"), share);
  const holed = values.map((value, at) => at < 21 ? NaN : value);
  assertStringIncludes(
    surfaceSvg({ ...axes, values: holed }, 0.37, "A bowl"),
    "21 cells are not computed and left white.",
  );
});
