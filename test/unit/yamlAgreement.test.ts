// The tree says what other readers say. The reader of Kubernetes, whose verdict counts, on 2,200 recorded texts, many of them broken
// (fixtures/yaml/record made them); an independent reader on sound documents; and itself, when it reads a change.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { parseAllDocuments, type Document } from 'yaml';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toJson } from '../../server/src/core/yaml/resolve';
import type { ParsedYaml } from '../../server/src/core/yaml/tree';
import { fixtures, sharedDir } from '../support/shared';
import { ourManifest, sorted } from '../support/yamlSuite';

/** Texts of single documents without template actions. */
function documentsBelow(folder: string): string[] {
  return (fs.readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => /\.ya?ml$/.test(name) && !name.includes('node_modules'))
    .sort()
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'))
    .filter((text) => !text.includes('{{'))
    .flatMap((text) => parseYaml(text).documents.map((document) => text.slice(document.start, document.end)))
    .filter((text) => text.trim() !== '');
}

const documentsOfOther = (text: string): Document.Parsed[] => {
  const documents = parseAllDocuments(text, {
    // As lenient about the indentation inside brackets and quotes as the reader of Kubernetes.
    strict: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    merge: true,
  });
  return Array.isArray(documents) ? documents : [];
};

const otherRefuses = (text: string): boolean => documentsOfOther(text).some(({ errors }) => errors.length > 0);

const otherValues = (text: string): unknown[] =>
  documentsOfOther(text).map((document) => JSON.parse(JSON.stringify(document.toJS() ?? null)) as unknown);

/** Changes that happen while typing, and some that do not. */
function mutate(text: string, next: (below: number) => number): string {
  const tokens = [
    '"',
    "'",
    ':',
    ' ',
    '\n',
    '#',
    ' #',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '&a ',
    '*a',
    '|',
    '>',
    '\t',
    '@',
    '? ',
    'x: ',
    '---\n',
  ];
  const at = next(text.length);
  const lines = text.split('\n');
  const line = next(lines.length);
  switch (next(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + next(3));
    case 1:
      return text.slice(0, at) + (tokens[next(tokens.length)] as string) + text.slice(at);
    case 2:
      lines[line] = ' '.repeat(next(3) + 1) + (lines[line] as string);
      return lines.join('\n');
    default:
      lines.splice(line, 0, lines[next(lines.length)] as string);
      return lines.join('\n');
  }
}

function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % Math.max(1, below);
  };
}

const shared = sharedDir();
interface Recorded {
  text: string;
  value?: unknown;
  error?: string;
}

// Known differences, each with what the reader of Kubernetes does.
const different = new Map<string, string>([['a: [?x]\n', 'takes a map with an empty value; we ask for quotes']]);

describe('yaml agreement with the reader of Kubernetes', () => {
  const recorded = fs
    .readFileSync(path.join(fixtures, 'yaml/reader.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded);

  it('the same texts are refused, the others have the same values', () => {
    const differences: string[] = [];
    for (const { text, value, error } of recorded) {
      const ours = ourManifest(text);
      const theirs = error === undefined ? JSON.stringify(sorted(value)) : 'refused';
      // A directive that no document follows is no fault here.
      if (ours !== theirs && !different.has(text) && !/\.\.\.\n%[^-]*$/.test(text)) {
        differences.push(`${JSON.stringify(text)}\n  ${theirs} ${error ?? ''}\n  ${ours}`);
      }
    }
    assert.ok(recorded.length > 500, `${recorded.length} recorded`);
    assert.deepStrictEqual(differences, []);
  });
});

const folders: [string, string][] = [
  ['the fixtures', fixtures],
  ...(shared === undefined ? [] : [['the corpora', path.join(shared, 'corpus')] as [string, string]]),
];

for (const [name, folder] of folders) {
  describe(`yaml agreement on ${name}`, () => {
    it('sound documents have the same values', () => {
      let compared = 0;
      for (const text of documentsBelow(folder)) {
        const parsed = parseYaml(text);
        // Aliases of nothing, odd keys, explicit tags and colons before brackets have tests of their own.
        const isPlain = parsed.documents.every(({ root, faults }) => root !== undefined && faults.length === 0);
        if (isPlain && !otherRefuses(text) && !/!!|^\s*~:|\[.*\]:|\? |\w:[,\]}]/m.test(text)) {
          assert.deepStrictEqual(
            parsed.documents.map(({ root }) => toJson(root, 'core')),
            otherValues(text),
            text,
          );
          compared++;
        }
      }
      assert.ok(compared > 20, `${compared} compared`);
    });

    it('a change read with the tree before it gives the tree of the whole text', () => {
      const texts = documentsBelow(folder).filter((text) => text.length < 4000);
      const next = random(7);
      for (let i = 0; i < 60; i++) {
        const parts = Array.from({ length: 4 }, () => texts[next(texts.length)] as string);
        let text = parts.map((part) => part.replace(/^---.*\n/, '').trimEnd()).join('\n---\n');
        let parsed = parseYaml(text);
        for (let step = 0; step < 5; step++) {
          text = mutate(text, next);
          parsed = parseYaml(text, parsed);
          const fresh = parseYaml(text);
          const shape = (p: ParsedYaml): unknown =>
            p.documents.map((d) => [d.index, d.start, d.end, d.root, d.comments, d.faults, d.recovered]);
          assert.deepStrictEqual(shape(parsed), shape(fresh), text);
        }
      }
    });
  });
}
