import { ok, rejects, throws } from "node:assert";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";

// What asserts is under test here, so that these tests stand on node:assert.

/** Runs that must not fail, and runs that must. */
const CASES: readonly [name: string, holds: (() => void)[], fails: (() => void)[]][] = [
  ["assert()", [() => assert(1), () => assert({})], [() => assert(0), () => assert(null, "why")]],
  ["assertAlmostEquals()", [
    () => assertAlmostEquals(1, 1 + 9e-8),
    () => assertAlmostEquals(1, 1.5, 0.5),
    () => assertAlmostEquals(NaN, NaN),
    () => assertAlmostEquals(Infinity, Infinity),
    () => assertAlmostEquals(0, -0),
  ], [
    () => assertAlmostEquals(1, 1 + 2e-7),
    () => assertAlmostEquals(1, 1.51, 0.5),
    () => assertAlmostEquals(NaN, 1, Infinity),
    () => assertAlmostEquals(-Infinity, Infinity),
    () => assertAlmostEquals(1e-9, 0),
  ]],
  ["assertEquals()", [
    () =>
      assertEquals({ a: [1, NaN], b: new Map([[1, new Set([2])]]) }, { b: new Map([[1, new Set([2])]]), a: [1, NaN] }),
    () => assertEquals<unknown>([0, { a: -0 }, new Float64Array([-0])], [-0, { a: 0 }, new Float64Array([0])]),
    () => assertEquals<unknown>(Object.assign(Object.create(null), { a: 1 }), { a: 1 }),
    () => assertEquals(new Date(5), new Date(5)),
  ], [
    () => assertEquals<unknown>(1, "1"),
    () => assertEquals<unknown>([1], [1, undefined]),
    () => assertEquals<unknown>({ a: undefined }, {}),
    () => assertEquals<unknown>(new Float64Array(1), new Float32Array(1)),
    () => assertEquals<unknown>([0], { 0: 0 }),
    () => assertEquals(new Float64Array([1, 2]), new Float64Array([1, 3])),
    () => assertEquals<unknown>(null, undefined),
  ]],
  ["assertNotEquals()", [() => assertNotEquals([1], [2])], [
    () => assertNotEquals([1], [1]),
    () => assertNotEquals(0, -0),
  ]],
  ["assertStrictEquals()", [() => assertStrictEquals(NaN, NaN)], [
    () => assertStrictEquals([], []),
    () => assertStrictEquals(0, -0),
  ]],
  ["assertExists()", [() => assertExists(0), () => assertExists("")], [
    () => assertExists(null),
    () => assertExists(undefined),
  ]],
  ["assertGreater()", [() => assertGreater(2, 1)], [() => assertGreater(1, 1), () => assertGreater(NaN, 1)]],
  ["assertGreaterOrEqual()", [() => assertGreaterOrEqual(1, 1)], [() => assertGreaterOrEqual(0, 1)]],
  ["assertLess()", [() => assertLess("a", "b")], [() => assertLess(1, 1), () => assertLess(NaN, 1)]],
  ["assertLessOrEqual()", [() => assertLessOrEqual(1n, 1n)], [() => assertLessOrEqual(2, 1)]],
  ["assertMatch()", [() => assertMatch("abc", /b/)], [() => assertMatch("abc", /^b/)]],
  ["assertStringIncludes()", [() => assertStringIncludes("abc", "bc")], [() => assertStringIncludes("abc", "cb")]],
  ["assertInstanceOf()", [() => assertInstanceOf(new TypeError(), Error)], [() => assertInstanceOf({}, Date)]],
  ["assertThrows()", [
    () => assertThrows(() => fail()),
    () => assertThrows(() => fail(), "why"),
    () => assertThrows(() => fail("here"), AssertionError, "here"),
    () => assertThrows(() => fail("here"), Error),
  ], [
    () => assertThrows(() => 1),
    () => assertThrows(() => fail(), TypeError),
    () => assertThrows(() => fail("here"), AssertionError, "there"),
    () =>
      assertThrows(() => {
        // deno-lint-ignore no-throw-literal
        throw "text";
      }, Error),
  ]],
];

for (const [name, holds, fails] of CASES) {
  Deno.test(`${name} is silent when it holds and throws AssertionError when it does not`, () => {
    for (const run of holds) run();
    for (const run of fails) throws(run, (error) => error instanceof AssertionError && error.name === "AssertionError");
  });
}

Deno.test("assertThrows() and assertRejects() return the error", async () => {
  const error = new RangeError("too far");
  const thrower = (): never => {
    throw error;
  };
  ok(assertThrows(thrower) === error);
  ok(assertThrows(thrower, RangeError, "far") === error);
  ok(await assertRejects(() => Promise.reject(error)) === error);
  ok(await assertRejects(() => Promise.reject(error), RangeError, "far") === error);
});

Deno.test("assertRejects() fails on a fulfilled promise, another error, or a throw before the promise", async () => {
  await rejects(assertRejects(() => Promise.resolve(1)), AssertionError);
  await rejects(assertRejects(() => Promise.reject(new TypeError()), RangeError), AssertionError);
  await rejects(assertRejects(() => Promise.reject(1), RangeError), AssertionError);
  await rejects(assertRejects(() => fail()), AssertionError);
});

Deno.test("assertions say the caller's words, and the values where there are none", () => {
  const messageOf = (run: () => void) => assertThrows(run, AssertionError).message;
  ok(messageOf(() => assertGreater(1, 2, "sizes")).includes("sizes"));
  ok(/1\D+2/.test(messageOf(() => assertGreater(1, 2))));
  ok(messageOf(() => assertEquals(1, 2, "sizes")).includes("sizes"));
});
