// Base64 of UTF-8 text, without Node or browser globals.
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    let code = character.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) {
      // A lone surrogate has no UTF-8 form; encoders write the replacement character.
      code = 0xfffd;
    }
    if (code < 0x80) {
      bytes.push(code);
    } else if (code < 0x800) {
      bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    } else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }
  }
  return bytes;
}

export function base64(text: string): string {
  const bytes = utf8(text);
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] as number;
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    parts.push(
      alphabet.charAt(a >> 2),
      alphabet.charAt(((a & 3) << 4) | ((b ?? 0) >> 4)),
      b === undefined ? '=' : alphabet.charAt(((b & 15) << 2) | ((c ?? 0) >> 6)),
      c === undefined ? '=' : alphabet.charAt(c & 63),
    );
  }
  return parts.join('');
}
