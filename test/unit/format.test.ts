// Formatting changes spaces only: read back, every document is what it was, in the same styles and with the same comments.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { applySpaceEdits, formatEdits, type ListIndent } from '../../server/src/core/format/format';
import { sameDocuments } from '../../server/src/core/format/sameDocuments';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toJsonText } from '../../server/src/core/yaml/resolve';
import { fixtureCases } from '../support/expectFile';
import { pick, seeded } from '../support/mutations';
import { fixtures } from '../support/shared';

function format(text: string, listIndent: ListIndent): string {
  const parsed = parseYaml(text);
  return applySpaceEdits(text, formatEdits(parsed, { listIndent, documents: parsed.documents }));
}

/** What must hold of every text, also of one that is no YAML. */
function check(text: string, listIndent: ListIndent, name: string): void {
  const result = format(text, listIndent);
  const [before, after] = [parseYaml(text), parseYaml(result)];
  assert.ok(sameDocuments(before, after), `${name} reads as something else`);
  assert.deepStrictEqual(
    before.documents.map(({ root }) => toJsonText(root)),
    after.documents.map(({ root }) => toJsonText(root)),
    name,
  );
  assert.strictEqual(format(result, listIndent), result, `${name} changes when formatted again`);
  const words = (of: string): string => of.replace(/\s+/g, '');
  assert.strictEqual(words(result), words(text), `${name}: more than spaces changed`);
}

describe('formatting', () => {
  for (const each of fixtureCases('format')) {
    const listIndent = (/^(flat|indented)-/.exec(each.name)?.[1] ?? 'keep') as ListIndent;
    it(each.name, () => {
      const formatted = format(each.text, listIndent);
      each.expect(formatted);
      check(each.text, listIndent, each.name);
      const windows = format(each.text.replace(/\n/g, '\r\n'), listIndent);
      assert.strictEqual(windows, formatted.replace(/\n/g, '\r\n'), 'line ends stay');
      assert.strictEqual(format('\uFEFF' + each.text, listIndent).slice(1), formatted, 'a byte order mark stays');
    });
  }

  it('keeps the meaning of every fixture, and of fixtures that somebody broke', function () {
    this.timeout(20_000);
    const random = seeded(7);
    for (const name of fs.readdirSync(fixtures, { recursive: true }) as string[]) {
      if (!/\.ya?ml$/.test(name)) {
        continue;
      }
      const text = fs.readFileSync(path.join(fixtures, name), 'utf8');
      if (text.length > 60_000) {
        continue;
      }
      for (const listIndent of ['keep', 'flat', 'indented'] as const) {
        check(text, listIndent, name);
      }
      for (let round = 0; round < 3; round++) {
        const at = Math.floor(random() * (text.length + 1));
        const insert = pick(random, [
          '',
          ' ',
          '  ',
          '\n',
          '\t',
          '#',
          ' #',
          '- ',
          ': ',
          '|',
          '"',
          '\r\n',
          '{',
          '&a ',
          '? ',
        ]);
        check(
          text.slice(0, at) + insert + text.slice(at + pick(random, [0, 0, 1, 3])),
          pick(random, ['keep', 'flat', 'indented']),
          `${name} broken at ${at} by ${JSON.stringify(insert)}`,
        );
      }
    }
  });

  it('adds no line break where that would belong to a text', () => {
    assert.strictEqual(format('a:\n   b: |\n     text', 'keep'), 'a:\n  b: |\n    text');
  });

  it('formats lines of a range only, and nothing where half of it would mean something else', () => {
    const text = 'a:   \n    b:   \n        c: 1   \nd: 2   \n';
    const parsed = parseYaml(text);
    const range = (start: number, end: number): string =>
      applySpaceEdits(
        text,
        formatEdits(parsed, { listIndent: 'keep', documents: parsed.documents, range: { start, end } }),
      );
    assert.strictEqual(range(text.indexOf('d:'), text.length - 1), 'a:   \n    b:   \n        c: 1   \nd: 2\n');
  });
});
