import type { CompareReport } from "../compare.ts";
import { type IntervalRow, intervalsSvg } from "./intervals_svg.ts";

/**
 * A comparison as a picture: a dot and an interval per model beside the linear one, to the left where it is better.
 *
 * @param report The report.
 * @returns A file in SVG.
 */
export function comparisonSvg({ problem, figure, models, chosen }: CompareReport): string {
  const others = models.filter(({ againstLinear }) => againstLinear !== null);
  // A loss that can be negative has no share: then the differences themselves are drawn.
  const inShares = others.every(({ againstLinear }) =>
    againstLinear!.improvement !== null || againstLinear!.difference === null
  );
  const rows = models.map(({ name, againstLinear }): IntervalRow => {
    const own = { name, chosen: name === chosen };
    if (againstLinear === null) return { ...own, estimate: 0, lower: 0, upper: 0 };
    const { improvement, difference } = againstLinear;
    const found = inShares ? improvement : difference;
    if (found === null) return { ...own, estimate: null, lower: null, upper: null };
    const { estimate, lower, upper } = found;
    if (!inShares) return { ...own, estimate, lower, upper };
    const change = (saved: number | null) => saved === null ? null : -100 * saved;
    return { ...own, estimate: change(estimate), lower: change(upper), upper: change(lower) };
  });
  return intervalsSvg(rows, {
    title: `${problem.targets.join(", ")}: ${figure} against linear, with 95 % intervals`,
    x: inShares
      ? `change of ${figure}, % (to the left is better)`
      : `difference of the ${figure} (to the left is better)`,
    zero: "linear",
  });
}
