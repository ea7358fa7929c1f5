import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { type BytePiece, collectTable, InputError, parseTable, type Table, tablePieces } from "../../src/data/mod.ts";

/** A table from bytes that come so many at a time. */
function fromBytes(bytes: Uint8Array, size: number): Promise<Table> {
  async function* pieces(): AsyncGenerator<BytePiece> {
    for (let from = 0; from < bytes.length; from += size) {
      yield { bytes: bytes.slice(from, from + size), share: Math.min(1, (from + size) / bytes.length) };
    }
  }
  const file = "t.csv";
  return collectTable(tablePieces({ file, pieces, ranges: null }), { file, minRows: 1 });
}

const TEXTS = [
  "\ufeffa,b\n1,ü\n2,€\n3,𝄞𝄞\n4,a\ufffdb\n",
  "é;y\r\n1,5;x\r\n",
  "a,b\n1\u00a0,2.50\nx\u2003y,00",
];

for (const text of TEXTS) {
  Deno.test(`tablePieces() reads ${JSON.stringify(text)} from bytes in pieces of any size as parseTable() reads the text`, async () => {
    const bytes = new TextEncoder().encode(text);
    const expected = parseTable(text, { file: "t.csv", minRows: 1 });
    for (let size = 1; size <= bytes.length; size++) assertEquals(await fromBytes(bytes, size), expected, `${size}`);
  });
}

Deno.test("tablePieces() refuses bytes that are no UTF-8, wherever they are cut, and a character that is cut off at the end", async () => {
  const wrong = [[0xff], [0xc3], [0xc3, 0x28], [0xe2, 0x82], [0xf0, 0x9d, 0x84], [0x80], [0xed, 0xa0, 0x80], [
    ...[0xf8, 0x88, 0x80, 0x80, 0x80],
  ]];
  const [before, after] = ["a,b\n1,", "\n2,3\n"].map((text) => new TextEncoder().encode(text));
  for (const bytes of wrong) {
    for (const whole of [Uint8Array.of(...before, ...bytes, ...after), Uint8Array.of(...before, ...bytes)]) {
      for (let size = 1; size <= whole.length; size++) {
        await assertRejects(() => fromBytes(whole, size), InputError, "not UTF-8");
      }
    }
  }
});

Deno.test("parseTable() tells of each column whether a number is written in another form than its shortest, and has zeros in front, whatever came before", () => {
  const number = fc.oneof(
    fc.stringMatching(/^-?[0-9]{1,3}([.][0-9]{0,3})?$/),
    fc.stringMatching(/^-?0{0,2}[0-9]{0,17}[.]?[0-9]{1,12}$/),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map(String),
  );
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 6 }), (numbers) => {
      const { spellings: [{ rewritten, zeros = false }] } = parseTable(
        `a,b\n${numbers.map((one) => `${one},0`).join("\n")}`,
        {
          file: "t.csv",
          minRows: 1,
        },
      );
      assertEquals(rewritten, numbers.some((one) => String(Number(one)) !== one));
      // Of numbers too long to be exact as they are read only the form is told.
      assert(!zeros || numbers.some((one) => /^-?0[0-9]/.test(one)));
      if (numbers.some((one) => /^-?0[0-9]/.test(one) && one.replace(/\D/g, "").length < 16)) assert(zeros);
    }),
    { numRuns: 500 },
  );
});
