import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { contourLevels, contours, type Grid, lossShade, type PlanePoint } from "../../src/surface/mod.ts";

/** A function on a grid over [-2, 2]². */
function fieldOf(steps: number, f: (x: number, y: number) => number): Grid {
  const axis = Float64Array.from({ length: steps }, (_, i) => 4 * i / (steps - 1) - 2);
  const values = Float64Array.from(
    { length: steps * steps },
    (_, at) => f(axis[at % steps], axis[Math.floor(at / steps)]),
  );
  return { alphas: axis, betas: axis, values };
}

/** The length of a curve. */
const lengthOf = (curve: readonly PlanePoint[]): number =>
  curve.slice(1).reduce((sum, [x, y], at) => sum + Math.hypot(x - curve[at][0], y - curve[at][1]), 0);

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

Deno.test("contours() leave out cells with a missing corner, and no curve leads into them", () => {
  const whole = fieldOf(9, (x, y) => 2 * x - y);
  const holed = { ...whole, values: whole.values.map((value, at) => Math.floor(at / 9) < 4 ? NaN : value) };
  const [line, ...more] = contours(holed, 0.3);
  assertEquals(more, []);
  assert(line.every(([, y]) => y >= -1e-12));
  assertAlmostEquals(lengthOf(line), lengthOf(contours(whole, 0.3)[0]) / 2, 1e-12);
});

Deno.test("contourLevels() lie strictly within the losses, ascending, none at the linear level", () => {
  for (const [low, high, linear] of [[0, 10, 1], [2, 3, 1], [0, 1, 5], [-4, 4, -3.9]]) {
    const levels = contourLevels({ low, high, linear });
    assert(levels.length > 0);
    assertEquals(levels.toSorted((a, b) => a - b), levels);
    assert(levels.every((level) => level > low && level <= high && level !== linear || linear > high), `${levels}`);
  }
});

Deno.test("lossShade() has the sign of the side of the linear level, and grows with the loss", () => {
  const range = { low: 0, high: 10, linear: 1 };
  const shades = [0, 0.3, 1, 1.2, 4, 10, Infinity].map((value) => lossShade(value, range));
  assertEquals(shades.map(Math.sign), [-1, -1, 0, 1, 1, 1, 1]);
  assertEquals(shades.toSorted((a, b) => a - b), shades);
  assertEquals([lossShade(NaN, range), lossShade(3, { low: 2, high: 2, linear: 5 })].map(Number.isFinite), [
    true,
    true,
  ]);
});
