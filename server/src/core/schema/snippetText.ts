// Text with places to fill in: as a snippet of the language-server protocol, and as the plain text that it is without them.

/** A literal text, or a place: what stands there at first, or what may be chosen for it. Places with one link are filled in together. */
export type Piece = string | { stop: string; link?: string } | { choices: readonly string[] };

/** Snippet syntax; places are numbered in order, and the caret ends behind the text. */
export function snippetText(pieces: readonly Piece[]): string {
  let number = 0;
  const linked = new Map<string, number>();
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') {
        return piece.replace(/[\\$}]/g, '\\$&');
      }
      const known = 'link' in piece ? linked.get(piece.link) : undefined;
      if (known !== undefined) {
        return `$${known}`;
      }
      number++;
      if ('link' in piece) {
        linked.set(piece.link, number);
      }
      if ('choices' in piece) {
        return `\${${number}|${piece.choices.map((choice) => choice.replace(/[\\,|$}]/g, '\\$&')).join(',')}|}`;
      }
      return piece.stop === '' ? `$${number}` : `\${${number}:${piece.stop.replace(/[\\$}]/g, '\\$&')}}`;
    })
    .join('');
}

/** The text alone: each place holds what stands there at first. */
export function plainText(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => (typeof piece === 'string' ? piece : 'choices' in piece ? (piece.choices[0] ?? '') : piece.stop))
    .join('');
}

/**
 * Pieces of a text in which `<name>` is a place that holds `name` at first, `<a|b>` one with choices, and `<>` an empty one; every
 * `<name>` is the same place.
 * `indent` is put in front of every line but the first.
 */
export function piecesOf(text: string, indent = ''): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, part] of text.split(/<([^<>\n]*)>/).entries()) {
    if (index % 2 === 0) {
      pieces.push(part.replaceAll('\n', '\n' + indent));
    } else {
      const link = part === 'name' ? { link: part } : {};
      pieces.push(part.includes('|') ? { choices: part.split('|') } : { stop: part, ...link });
    }
  }
  return pieces.filter((piece) => piece !== '');
}
