import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { contours, type Field, lengthOf } from "../../../tasks/playground/contours.ts";

/** A function on a grid over [-2, 2]². */
function fieldOf(steps: number, f: (x: number, y: number) => number): Field {
  const axis = Float64Array.from({ length: steps }, (_, i) => 4 * i / (steps - 1) - 2);
  const values = Float64Array.from(
    { length: steps * steps },
    (_, at) => f(axis[at % steps], axis[Math.floor(at / steps)]),
  );
  return { xs: axis, ys: axis, values };
}

Deno.test("contours() of a bowl is one closed circle, to second order in the cell", () => {
  for (const steps of [21, 81]) {
    const [circle, ...more] = contours(fieldOf(steps, (x, y) => x * x + y * y), 1.7);
    const radius = Math.sqrt(1.7);
    // Linear interpolation of a function with second derivative 2 is off by at most h²/4, its root by that over the slope 2 r.
    const off = (4 / (steps - 1)) ** 2 / 4 / (2 * radius) * 1.5;
    assertEquals(more, []);
    assertEquals(circle[0], circle[circle.length - 1]);
    for (const [x, y] of circle) assert(Math.abs(Math.hypot(x, y) - radius) <= off, `${x}, ${y}`);
    assertAlmostEquals(lengthOf(circle), 2 * Math.PI * radius, 10 * off);
  }
});

Deno.test("contours() of a plane is one open straight line from edge to edge, exactly", () => {
  const [line, ...more] = contours(fieldOf(9, (x, y) => 2 * x - y), 0.3);
  assertEquals(more, []);
  for (const [x, y] of line) assertAlmostEquals(2 * x - y, 0.3, 1e-14);
  const ends = [line[0], line[line.length - 1]].map(([, y]) => Math.abs(y));
  ends.forEach((end) => assertAlmostEquals(end, 2, 1e-14));
});

Deno.test("contours() of a saddle are two branches that do not cross", () => {
  // The saddle lies inside a cell, whose corners alternate.
  const field = fieldOf(10, (x, y) => x * y);
  for (const level of [0.02, -0.02]) {
    const found = contours(field, level);
    assertEquals(found.length, 2);
    for (const branch of found) {
      const signs = new Set(branch.map(([x, y]) => Math.sign(x - Math.sign(level) * -y)));
      assertEquals(signs.size, 1, `level ${level}`);
    }
  }
});

Deno.test("contours() of a level outside the values are none, and what is not finite lies above every level", () => {
  assertEquals(contours(fieldOf(5, (x, y) => x * x + y * y), 100), []);
  assertEquals(contours(fieldOf(5, () => 1), 0), []);
  const found = contours(fieldOf(9, (x, y) => Math.hypot(x, y) > 1.2 ? Infinity : 0), 0.5);
  assertEquals(found.length, 1);
  assert(found.flat().flat().every(Number.isFinite));
});
