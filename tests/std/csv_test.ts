import { assertEquals, assertThrows } from "@std/assert";
import { parse } from "@std/csv/parse";
import { stringify } from "@std/csv/stringify";
import fc from "npm:fast-check@4.10.2";

Deno.test("parse() reads rows, skips empty lines, and makes line ends inside quotes line feeds", () => {
  assertEquals(parse(""), []);
  assertEquals(parse('\ufeffa,b\r\n\r\n"x\r\ny","q""r"\n ,\n'), [["a", "b"], ["x\ny", 'q"r'], [" ", ""]]);
  assertEquals(parse("a\tb\n1", { separator: "\t" }), [["a", "b"], ["1"]]);
});

Deno.test("parse() gives objects when the columns have names", () => {
  assertEquals(parse("a,b\n1,2", { skipFirstRow: true }), [{ a: "1", b: "2" }]);
  assertEquals(parse("a,b\n1,2", { skipFirstRow: true, columns: ["x", "y"] }), [{ x: "1", y: "2" }]);
  const [{ x }] = parse("1,2", { columns: ["x", "y"] });
  const typed: string = x;
  assertEquals(typed, "1");
});

Deno.test("parse() throws SyntaxError on quotes out of place and on the wrong number of cells", () => {
  assertThrows(() => parse('a\nb"c'), SyntaxError, 'bare " in non-quoted-field');
  assertThrows(() => parse('a\n"b'), SyntaxError, 'extraneous or missing " in quoted-field');
  assertThrows(() => parse('"a"b'), SyntaxError, 'extraneous or missing " in quoted-field');
  assertThrows(() => parse("a,b\n1", { fieldsPerRecord: 0 }), SyntaxError, "expected 2 fields but got 1");
  assertThrows(() => parse("a,b\n1", { fieldsPerRecord: 2 }), SyntaxError);
  assertThrows(() => parse("a,b\n1", { skipFirstRow: true }), Error);
  assertEquals(parse("a,b\n1", { fieldsPerRecord: -1 }), [["a", "b"], ["1"]]);
});

Deno.test("stringify() writes headers and CR LF, and quotes what needs it", () => {
  assertEquals(stringify([[1, null, 'say "hi"'], [true, "x,y", "u\nv"]]), '1,,"say ""hi"""\r\ntrue,"x,y","u\nv"\r\n');
  assertEquals(stringify([{ a: 1, b: { c: [2] } }], { columns: ["a", ["b", "c"]] }), "a,c\r\n1,[2]\r\n");
  assertEquals(stringify([[1, 2]], { columns: [{ header: "x", prop: 1 }] }), "x\r\n2\r\n");
  assertEquals(stringify([{ a: 1 }], { columns: ["a"], headers: false, separator: ";" }), "1\r\n");
  assertEquals(stringify([["x;y", "z"]], { separator: ";", bom: true }), '\ufeff"x;y";z\r\n');
  assertEquals(stringify([]), "");
  assertEquals(stringify([], { columns: ["a"] }), "a\r\n");
});

Deno.test("stringify() throws TypeError on objects without columns, and on a quote as separator", () => {
  assertThrows(() => stringify([{ a: 1 }]), TypeError, "No property accessor");
  assertThrows(() => stringify([[1]], { columns: ["a"] }), TypeError, "Property accessor");
  assertThrows(() => stringify([[1]], { separator: '"' }), TypeError, "Separator");
});

Deno.test("parse() reads back what stringify() wrote", () => {
  const row = fc.array(fc.string({ unit: fc.constantFrom(...'a ,;"\n\té') }), { minLength: 2, maxLength: 4 });
  fc.assert(fc.property(fc.array(row), fc.constantFrom(",", ";", "\t"), (data, separator) => {
    assertEquals(parse(stringify(data, { separator }), { separator }), data);
  }));
});
