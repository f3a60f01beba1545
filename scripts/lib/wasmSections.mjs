// The outer form of a WebAssembly module: sections and the numbers that they are written with.

export const pageBytes = 64 * 1024;

/** The sections of a module in their order: `{ id, content }`. */
export function sectionsOf(module) {
  const sections = [];
  for (let at = 8; at < module.length;) {
    const size = unsigned(module, at + 1);
    const end = size.next + size.value;
    sections.push({ id: module[at], content: module.subarray(size.next, end) });
    at = end;
  }
  return sections;
}

/** A number of the format (LEB128) and where it ends. */
export function unsigned(bytes, from) {
  let value = 0;
  for (let at = from, shift = 0; ; at++, shift += 7) {
    value += (bytes[at] & 127) * 2 ** shift;
    if (bytes[at] < 128) {
      return { value, next: at + 1 };
    }
  }
}

export function encoded(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) {
      return [...bytes, rest];
    }
    bytes.push((rest % 128) + 128);
  }
}
