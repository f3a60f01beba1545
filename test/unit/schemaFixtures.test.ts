// Completion, hover and the structural check, case by case from files a person could have written.
import assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { checkDocument } from '../../server/src/core/schema/checkDocument';
import { completeAt } from '../../server/src/core/schema/complete';
import { manifests } from '../../server/src/core/schema/manifests';
import { piecesOf, plainText } from '../../server/src/core/schema/snippetText';
import { hoverAt } from '../../server/src/core/schema/hover';
import { compareProblems, type Problem } from '../../server/src/core/problem';
import { plainSchema } from '../../server/src/core/schema/plainSchema';
import type { KindSchema } from '../../server/src/core/schema/schemaStore';
import { safeMarkdown } from '../../server/src/core/schema/safeMarkdown';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { documentAt } from '../../server/src/core/yaml/path';
import { fixtureCases, withCursor } from '../support/expectFile';
import { newSchemaStore, repositoryRoot } from '../support/schemas';

const store = newSchemaStore();

/** Files that go by a table of ours are known by the case's name. */
function schemaFor(name: string): KindSchema | undefined {
  const kinds = { 'kustomization-': 'kustomization', 'chart-': 'chart', 'config-': 'plumblineConfig' } as const;
  const found = Object.entries(kinds).find(([prefix]) => name.startsWith(prefix))?.[1];
  return found === undefined ? undefined : plainSchema(found);
}

function check(text: string, name: string): Problem[] {
  const parsed = parseYaml(text);
  return parsed.documents
    .flatMap((document) => checkDocument(document, store, { path: name, lines: parsed.lines }))
    .sort(compareProblems);
}

describe('completion', () => {
  for (const each of fixtureCases('complete')) {
    it(each.name, () => {
      const { text, offset } = withCursor(each.text);
      const parsed = parseYaml(text);
      const document = documentAt(parsed, offset);
      assert.ok(document);
      const partial = each.name.startsWith('patch-');
      const items = completeAt(parsed, document, offset, store, { partial, schema: schemaFor(each.name) }).sort(
        (a, b) => (a.sortText < b.sortText ? -1 : 1),
      );
      // What is inserted never breaks a text that was sound without the half-typed word.
      const faults = (of: string): number => parseYaml(of).documents.reduce((sum, d) => sum + d.faults.length, 0);
      for (const { start, end, insertText } of items) {
        const before = faults(text.slice(0, start) + text.slice(end));
        const after = text.slice(0, start) + insertText + text.slice(end);
        assert.ok(faults(after) <= before, `${insertText} breaks\n${after}`);
      }
      const lines = items.map(
        (i) =>
          `${i.label} | ${i.detail} | ${JSON.stringify(i.snippet ?? i.insertText)} for ${JSON.stringify(text.slice(i.start, i.end))}${i.preselect === true ? ' (chosen)' : ''}`,
      );
      each.expect(
        lines.length > 25
          ? [...lines.slice(0, 25), lines.length > 100 ? '… and every other kind' : `… ${lines.length} in all`].join(
              '\n',
            )
          : lines.join('\n'),
      );
    });
  }
});

describe('whole manifests', () => {
  for (const { apiVersion, kind, body } of manifests) {
    it(`are valid as they are inserted: ${kind} ${apiVersion}`, () => {
      const text = plainText(piecesOf(`apiVersion: ${apiVersion}\nkind: ${kind}\n${body}`)) + '\n';
      assert.ok(store.lookup({ apiVersion, kind }), 'a kind of the pack');
      assert.deepEqual(check(text, 'new.yaml'), []);
    });
  }
});

describe('hover', () => {
  for (const each of fixtureCases('hover')) {
    it(each.name, () => {
      const { text, offset } = withCursor(each.text);
      const parsed = parseYaml(text);
      const document = documentAt(parsed, offset);
      assert.ok(document);
      const hover = hoverAt(parsed, document, offset, store, { schema: schemaFor(each.name) });
      const range = hover?.range;
      each.expect(
        hover && range
          ? `${text.slice(parsed.lines.offsetAt(range.start), parsed.lines.offsetAt(range.end))}\n\n${hover.markdown}`
          : 'nothing',
      );
    });
  }
});

describe('descriptions as Markdown', () => {
  it('run no command, fetch no picture and are no tags', () => {
    for (const [text, expected] of [
      ['a <b> tag', 'a &lt;b> tag'],
      ['![x](https://example.com/a.png)', '!\\[x](https://example.com/a.png)'],
      ['[x](command:plumbline.sync) and [y]( COMMAND:a)', '[x\\](command:plumbline.sync) and [y\\]( COMMAND:a)'],
      ['[x]: command:plumbline.sync', '[x\\]: command:plumbline.sync'],
      ['[docs](https://example.com), command: run it', '[docs](https://example.com), command: run it'],
    ]) {
      assert.strictEqual(safeMarkdown(text ?? ''), expected);
    }
  });
});

describe('structural check', () => {
  for (const each of fixtureCases('schema/invalid')) {
    it(`finds: ${each.name}`, () => {
      const lines = check(each.text, each.name).map((p) => {
        const { start, end } = p.range;
        const fixes = (p.fixes ?? []).map(
          (f) => `\n    fix: ${f.title} -> ${f.edits.map((e) => e.newText).join(', ')}`,
        );
        return `${start.line + 1}:${start.character + 1}-${end.character + 1} ${p.severity} ${p.rule} ${p.field ?? ''}\n    ${p.message}${fixes.join('')}`;
      });
      each.expect(lines.join('\n'));
    });
  }

  const valid = path.join(repositoryRoot, 'test/fixtures/schema/valid');
  for (const file of fs.readdirSync(valid)) {
    it(`says nothing about what a real server accepts: ${file}`, () => {
      // The server warns of old versions, too, and takes them.
      const problems = check(fs.readFileSync(path.join(valid, file), 'utf8'), file);
      assert.deepEqual(
        problems.filter(({ rule }) => rule !== 'kubernetes/deprecated-api'),
        [],
      );
    });
  }
});
