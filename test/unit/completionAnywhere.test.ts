// Completion is asked for at any place of any text, most of it half typed: it must answer, in time, with items that fit the place.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { completeAt } from '../../server/src/core/schema/complete';
import { hoverAt } from '../../server/src/core/schema/hover';
import { selectionSpans } from '../../server/src/core/structure/selection';
import { folds } from '../../server/src/core/structure/folding';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { documentAt } from '../../server/src/core/yaml/path';
import { newSchemaStore } from '../support/schemas';
import { fixtures } from '../support/shared';

const store = newSchemaStore();

describe('completion at any place', () => {
  it('replaces the word at the caret on its own line, and repeats no item', function () {
    this.timeout(120_000);
    let offered = 0;
    for (const folder of ['complete', 'diagnostics/yaml', 'diagnostics/kubernetes']) {
      for (const name of fs.readdirSync(path.join(fixtures, folder)).filter((one) => one.endsWith('.yaml'))) {
        const text = fs.readFileSync(path.join(fixtures, folder, name), 'utf8');
        const parsed = parseYaml(text);
        assert.ok(folds(parsed) === undefined || Array.isArray(folds(parsed)));
        for (let offset = 0; offset <= text.length; offset += folder === 'complete' ? 1 : 7) {
          const document = documentAt(parsed, offset);
          assert.ok(document, name);
          hoverAt(parsed, document, offset, store);
          selectionSpans(parsed, offset);
          const items = completeAt(parsed, document, offset, store);
          const seen = new Set<string>();
          for (const { start, end, label, detail, kind } of items) {
            const where = `${name} at ${offset}: ${label}`;
            assert.ok(start <= offset && offset <= end, where);
            assert.doesNotMatch(text.slice(start, end), /[\r\n]/, where);
            assert.ok(!seen.has(`${kind} ${label} ${detail}`), `twice: ${where}`);
            seen.add(`${kind} ${label} ${detail}`);
          }
          offered += items.length;
        }
      }
    }
    assert.ok(offered > 10_000, String(offered));
  });
});
