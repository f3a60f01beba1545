// Keys of ConfigMaps and Secrets where they get their names: a key of `data`, the first half of a generator's literal or file, a line of
// an env file, or the name of a generator's file itself, which then gets its key written in front.
import type { Range, TextEdit } from '../problem';
import { baseName } from '../workspace/paths';
import { rewrite, scalarAt, writeScalarAt, type ReadFile } from './writtenPlace';

export function writeKeyName(file: ReadFile, range: Range, oldName: string, newName: string): TextEdit | undefined {
  const scalar = scalarAt(file, range);
  const [generator, , field] = scalar?.path ?? [];
  if (scalar !== undefined && (generator === 'configMapGenerator' || generator === 'secretGenerator')) {
    const { text } = scalar.node;
    const equals = text.indexOf('=');
    if (field === 'files' && equals < 0 && baseName(text) === oldName) {
      return writeScalarAt(file, scalar, `${newName}=${text}`);
    }
    if (equals >= 0 && text.slice(0, equals) === oldName) {
      // The key that a file would have anyway need not be written: a rename and back gives the text back.
      const path = text.slice(equals + 1);
      return writeScalarAt(
        file,
        scalar,
        field === 'files' && baseName(path) === newName ? path : newName + text.slice(equals),
      );
    }
  }
  return rewrite(file, range, oldName, newName);
}
