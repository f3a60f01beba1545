// Labels: which half of a pair a person changes, and the edit of that half wherever the pair is written: as key and value of a map,
// or as text of a selector.
import type { Range, TextEdit } from '../problem';
import { labelKeyFault, labelValueFault } from './names';
import { innerRange, rewrite, scalarAt, writeScalarAt, type ReadFile } from './writtenPlace';

export interface LabelPart {
  half: 'key' | 'value';
  /** Key and value as they are. */
  key: string;
  value: string;
  /** Why a pair with this new half cannot be written. */
  fault(pair: string): string | undefined;
}

/** The half of the pair `name` that an offset touches, with its range and text. */
export function labelPartAt(
  file: ReadFile,
  range: Range,
  offset: number,
  name: string,
): { part: LabelPart; range: Range; text: string } | undefined {
  const { key, value } = halves(name);
  const half = (which: 'key' | 'value'): LabelPart => ({
    half: which,
    key,
    value,
    fault: (pair) => (which === 'key' ? labelKeyFault(halves(pair).key) : labelValueFault(halves(pair).value)),
  });
  const scalar = scalarAt(file, range);
  if (scalar === undefined) {
    return undefined;
  }
  const { pair, node } = scalar;
  if (
    pair?.key.kind === 'scalar' &&
    pair.value.kind === 'scalar' &&
    pair.key.text === key &&
    pair.value.text === value
  ) {
    return offset <= pair.key.end
      ? { part: half('key'), range: innerRange(file, pair.key), text: key }
      : { part: half('value'), range: innerRange(file, pair.value), text: value };
  }
  const at = node.text.indexOf(name);
  const raw = file.parsed.text.slice(node.start, node.end).indexOf(name);
  if (at < 0 || raw < 0) {
    return undefined;
  }
  const start = node.start + raw;
  const equals = start + key.length;
  return offset <= equals
    ? { part: half('key'), range: file.parsed.lines.range(start, equals), text: key }
    : { part: half('value'), range: file.parsed.lines.range(equals + 1, start + name.length), text: value };
}

/** The pair with its changed half. */
export function renamedPair(name: string, part: LabelPart, text: string): string {
  const { key, value } = halves(name);
  return part.half === 'key' ? `${text}=${value}` : `${key}=${text}`;
}

/** The edit that makes the pair at a range the new pair; undefined where the pair is not written there. */
export function labelEdit(file: ReadFile, range: Range, part: LabelPart, newPair: string): TextEdit | undefined {
  const scalar = scalarAt(file, range);
  const wanted = halves(newPair);
  const pair = scalar?.pair;
  if (scalar === undefined) {
    return undefined;
  }
  if (pair?.key.kind === 'scalar' && pair.key.text === part.key && pair.value.kind === 'scalar') {
    if (pair.value.text !== part.value) {
      return undefined;
    }
    return part.half === 'key'
      ? writeScalarAt(file, { node: pair.key, pair, isKey: true, path: scalar.path }, wanted.key)
      : writeScalarAt(file, { node: pair.value, pair, isKey: false, path: scalar.path }, wanted.value);
  }
  return rewrite(file, range, `${part.key}=${part.value}`, newPair);
}

function halves(name: string): { key: string; value: string } {
  const at = name.indexOf('=');
  return at < 0 ? { key: name, value: '' } : { key: name.slice(0, at), value: name.slice(at + 1) };
}
