// JSON Patch operations that do not apply, where the tool says only what it could not do: in plain words, at the operation itself.
import type { FileTree } from '../ports';
import type { Location } from '../problem';
import { parseYaml } from '../yaml/parse';

export interface FailedOperation {
  op: string;
  pointer: string;
  message: string;
}

const forms: [form: RegExp, message: (op: string, pointer: string) => string][] = [
  [
    /error in (\w+) for path: '([^']+)': Unable to access invalid index/,
    (op, pointer) => `The ${op} operation does not apply: the list of its target is shorter than ${pointer} says.`,
  ],
  [
    /error in (\w+) for path: '([^']+)'/,
    (op, pointer) => `The ${op} operation does not apply: its target has no ${pointer}.`,
  ],
  [
    /(test)ing value (\S+) failed/,
    (_op, pointer) => `The test does not hold: ${pointer} of the target has another value.`,
  ],
];

/** Undefined where a text is about something else. */
export function failedOperation(text: string): FailedOperation | undefined {
  for (const [form, message] of forms) {
    const match = form.exec(text);
    if (match !== null) {
      const [op, pointer] = [match[1] ?? '', match[2] ?? ''];
      return { op, pointer, message: message(op, pointer) };
    }
  }
  return undefined;
}

/** The path of the operation, where exactly one place in the files that were read says it. */
export async function placeOfOperation(
  { pointer }: FailedOperation,
  files: readonly string[],
  tree: FileTree,
): Promise<Location | undefined> {
  const written = pointer.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const form = new RegExp(`(\\bpath["']?:[ \\t]*["']?)(${written})(?=["']?[ \\t]*(?:[,}\\r\\n#]|$))`, 'g');
  const found: Location[] = [];
  for (const path of new Set(files)) {
    const text = (await tree.read(path)) ?? '';
    for (const match of text.matchAll(form)) {
      const start = match.index + (match[1] ?? '').length;
      found.push({ path, range: parseYaml(text).lines.range(start, start + pointer.length) });
    }
  }
  return found.length === 1 ? found[0] : undefined;
}
