// A hand-made engine of some 250 bytes with the engines' interface and operations of one letter, for tests of the host:
//   e  answers its payload            l  runs for ever               t  breaks (a trap)
//   g  grows its memory, answers      p  sets a flag                 q  answers the flag, "0" or "1"
//   r  answers the content of the file that its payload names ("" where there is none)
import fs from 'node:fs';
import path from 'node:path';

/** Unsigned LEB128. */
function number(value: number): number[] {
  const out: number[] = [];
  do {
    const rest = value >>> 7;
    out.push((value & 0x7f) | (rest === 0 ? 0 : 0x80));
    value = rest;
  } while (value !== 0);
  return out;
}
/** Signed LEB128 of a number that is not negative. */
function signed(value: number): number[] {
  const out = number(value);
  const last = out.length - 1;
  if (((out[last] ?? 0) & 0x40) !== 0) {
    out[last] = (out[last] ?? 0) | 0x80;
    out.push(0);
  }
  return out;
}
const vector = (items: number[][]): number[] => [...number(items.length), ...items.flat()];
const sized = (bytes: number[]): number[] => [...number(bytes.length), ...bytes];
const section = (id: number, content: number[]): number[] => [id, ...sized(content)];
const name = (text: string): number[] => sized([...Buffer.from(text)]);

// Types and instructions by their codes.
const [i32, i64, functionType, empty] = [0x7f, 0x7e, 0x60, 0x40];
const [unreachable, loop, ifBlock, end, branch, giveBack, call, drop] = [
  0x00, 0x03, 0x04, 0x0b, 0x0c, 0x0f, 0x10, 0x1a,
];
const [localGet, localSet, globalGet, globalSet] = [0x20, 0x21, 0x23, 0x24];
const [loadByte, storeByte, growMemory] = [0x2d, 0x3a, 0x40];
const [i32Equal, i32Less, i32Add, i32Subtract, i32Wrap] = [0x46, 0x48, 0x6a, 0x6b, 0xa7];
const constant = (value: number): number[] => [0x41, ...signed(value)];

const buffer = 1024;
/** The payload stands behind the letter and a zero byte; answers are written over it. */
const payload = buffer + 2;
const pagesGrown = 64;

/** `if (op === letter) { body }` */
const when = (letter: string, body: number[]): number[] => [
  ...[...constant(buffer), loadByte, 0, 0, ...constant(letter.charCodeAt(0)), i32Equal],
  ...[ifBlock, empty, ...body, end],
];

function tinyModule(): Uint8Array {
  const types = [
    [functionType, ...vector([]), ...vector([])],
    [functionType, ...vector([[i32]]), ...vector([[i32]])],
    [functionType, ...vector([]), ...vector([[i32]])],
    [functionType, ...vector([[i32], [i32]]), ...vector([[i64]])],
    [functionType, ...vector([[i32]]), ...vector([])],
  ];
  const [open, take] = [0, 1];
  const payloadSize = [localGet, 0, ...constant(2), i32Subtract];
  const plCall = [
    ...when('l', [loop, empty, branch, 0, end]),
    ...when('t', [unreachable]),
    ...when('g', [...constant(pagesGrown), growMemory, 0, drop]),
    ...when('p', [...constant(1), globalSet, 0]),
    ...when('q', [
      ...[...constant(payload), globalGet, 0, ...constant(48), i32Add, storeByte, 0, 0],
      ...[...constant(1), giveBack],
    ]),
    ...when('r', [
      ...[...constant(payload), ...payloadSize, call, open, i32Wrap, localSet, 1],
      ...[localGet, 1, ...constant(0), i32Less, ifBlock, empty, ...constant(0), giveBack, end],
      ...[...constant(payload), call, take, localGet, 1, giveBack],
    ]),
    ...payloadSize,
  ];
  const body = (locals: number[][], code: number[]): number[] => sized([...vector(locals), ...code, end]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(
      2,
      vector([
        [...name('plumb'), ...name('open'), 0, 3],
        [...name('plumb'), ...name('take'), 0, 4],
      ]),
    ),
    ...section(3, vector([[0], [1], [1], [2]])),
    ...section(5, vector([[0, 1]])),
    ...section(6, vector([[i32, 1, ...constant(0), end]])),
    ...section(
      7,
      vector([
        [...name('memory'), 2, 0],
        [...name('_initialize'), 0, 2],
        [...name('pl_alloc'), 0, 3],
        [...name('pl_call'), 0, 4],
        [...name('pl_result'), 0, 5],
      ]),
    ),
    ...section(
      10,
      vector([body([], []), body([], constant(buffer)), body([[1, i32]], plCall), body([], constant(payload))]),
    ),
  ]);
}

/** Writes the tiny engine as `<folder>/<engine>.wasm`. */
export function writeTinyEngine(folder: string, engine: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${engine}.wasm`), tinyModule());
}
