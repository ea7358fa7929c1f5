import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";

Deno.test("parseArgs() keeps strings as text, gives booleans false, and collects only declared options", () => {
  const args = parseArgs(["run", "--seed", "1", "--seed=2", "--json", "--drop", "a", "--drop=b", "--rate", "0.5"], {
    boolean: ["json", "quiet"],
    string: ["seed", "drop", "features", "out"],
    collect: ["drop", "features"],
  });
  const seed: string | undefined = args.seed;
  const drop: string[] = args.drop;
  const json: boolean = args.json;
  assertEquals([seed, drop, json, args.quiet, args.features, args.out], ["2", ["a", "b"], true, false, [], undefined]);
  assertEquals([args.rate, args._], [0.5, ["run"]]);
});

Deno.test("parseArgs() negates only what is negatable", () => {
  const options = {
    boolean: ["intercept", "no-color"],
    negatable: ["intercept"],
    default: { intercept: true },
  } as const;
  assertEquals(parseArgs([], options), { _: [], intercept: true, "no-color": false });
  assertEquals(parseArgs(["--no-intercept"], options), { _: [], intercept: false, "no-color": false });
  assertEquals(parseArgs(["--no-color", "x"], options), { _: ["x"], intercept: true, "no-color": true });
  assertEquals(parseArgs(["--no-data", "x"]), { _: [], "no-data": "x" });
});

Deno.test("parseArgs() fills in defaults, also lists, and tells false from absent", () => {
  const options = {
    boolean: ["json"],
    string: ["drop", "out"],
    collect: ["drop"],
    default: { json: true, drop: ["z"], out: "runs" },
  };
  assertEquals<unknown>(parseArgs([], options), { _: [], json: true, drop: ["z"], out: "runs" });
  assertEquals<unknown>(parseArgs(["--json=false", "--drop", "a"], options), {
    _: [],
    json: false,
    drop: ["a"],
    out: "runs",
  });
});

Deno.test("parseArgs() gives an alias the same value", () => {
  const options = { boolean: ["help"], string: ["out"], alias: { help: "h", out: ["o", "output"] } };
  assertEquals<unknown>(parseArgs(["-h", "-o", "x"], options), {
    _: [],
    help: true,
    h: true,
    out: "x",
    o: "x",
    output: "x",
  });
  assertEquals(parseArgs(["--no-output"], options)["no-output"], true);
  assertEquals<unknown>(parseArgs([], options), { _: [], help: false, h: false });
});

Deno.test("parseArgs() leaves alone what follows -- and, with stopEarly, the first loose argument", () => {
  assertEquals(parseArgs(["a", "--", "--b", "--no-c"]), { _: ["a", "--b", "--no-c"] });
  assertEquals(parseArgs(["a", "--", "--no-b"], { "--": true }), { _: ["a"], "--": ["--no-b"] });
  assertEquals(parseArgs(["--x", "1", "fit", "--no-b", "2"], { stopEarly: true }), { _: ["fit", "--no-b", "2"], x: 1 });
  assertEquals(parseArgs(["1"]), { _: [1] });
  assertEquals<unknown>(parseArgs(["1"], { string: ["_"] }), { _: ["1"] });
});

Deno.test("parseArgs() calls unknown with undeclared arguments, and leaves them out when it returns false", () => {
  const seen: unknown[] = [];
  const args = parseArgs(["fit", "--seed", "3", "--sede=4", "--no-json", "-x"], {
    string: ["seed"],
    unknown: (arg, key, value) => {
      seen.push([arg, key, value]);
      return false;
    },
  });
  assertEquals(args, { _: [], seed: "3" });
  assertEquals(seen, [["fit", undefined, undefined], ["--sede=4", "sede", "4"], ["--no-json", "no-json", true], [
    "-x",
    "x",
    true,
  ]]);
});

Deno.test("parseArgs() gives a string option without a value the empty text, and takes no text that starts with a dash", () => {
  const options = { string: ["config", "data"], collect: ["config"] };
  assertEquals(parseArgs(["--config"], options), { _: [], config: [""] });
  assertEquals<unknown>(parseArgs(["--config", "--data", "x"], options), { _: [], config: [""], data: "x" });
  assertEquals(parseArgs(["--config", ""], options), { _: [""], config: [""] });
  assertEquals<unknown>(parseArgs(["--data", "-"], options), { _: ["-"], config: [], data: "" });
});

Deno.test("parseArgs() does not know --no-x=false, though it knows --no-x", () => {
  const options = { boolean: ["no-x"] };
  assertEquals<unknown>(parseArgs(["--no-x"], options), { _: [], "no-x": true });
  assertEquals<unknown>(parseArgs(["--no-x=false"], options), { _: [], "no-x": false, x: "false" });
});

Deno.test("parseArgs() tells short options in one argument apart, and the last one's value", () => {
  assertEquals(parseArgs(["-ab", "1", "-n3", "-o=x"]), { _: [], a: true, b: 1, n: 3, o: "x" });
});

Deno.test("parseArgs() leaves its arguments untouched", () => {
  const args = ["--no-x", "--", "y"];
  parseArgs(args);
  assertEquals(args, ["--no-x", "--", "y"]);
});
