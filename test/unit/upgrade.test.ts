// Migrations: every file below fixtures/upgrade is a text before and after its fixes, parted by a line `#=> `. The findings that have
// them are listed first; what the text becomes has no findings of that sort any more.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { checkFile, type FileCheck } from '../../server/src/core/check/checkFile';
import { applyEdits } from '../../server/src/core/edit/edits';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { newSchemaStore, repositoryRoot } from '../support/schemas';

const folder = path.join(repositoryRoot, 'test/fixtures/upgrade');
const store = newSchemaStore();
const check = (text: string): FileCheck => checkFile({ path: 'a.yaml', parsed: parseYaml(text) }, { store });

describe('migrations', () => {
  for (const name of fs.readdirSync(folder).sort()) {
    it(name, () => {
      const file = path.join(folder, name);
      const fixture = fs.readFileSync(file, 'utf8');
      const [before = ''] = fixture.split(/^#=> .*\n(?:# {3}.*\n)*/m);
      const { problems, file: checked } = check(before);
      const fixes = problems.flatMap(({ rule, message, fixes: own = [] }) =>
        own.map((fix) => ({ rule, message, fix })),
      );
      const notes = fixes.map(
        ({ rule, message, fix }) => `#   ${rule}: ${message}\n#   ${fix.preferred === true ? '*' : '-'} ${fix.title}\n`,
      );
      const after = applyEdits(
        checked.parsed,
        fixes.flatMap(({ fix }) => fix.edits),
      );
      const expected = `${before}#=> ${fixes.length} of ${problems.length}\n${notes.join('')}${after}`;
      if (process.env.UPDATE_EXPECT === '1') {
        fs.writeFileSync(file, expected);
      } else {
        assert.equal(fixture, expected);
      }
      const crlf = check(before.replace(/\n/g, '\r\n'));
      const edits = crlf.problems.flatMap(({ fixes: own = [] }) => own.flatMap((fix) => fix.edits));
      assert.equal(applyEdits(crlf.file.parsed, edits), after.replace(/\n/g, '\r\n'));
    });
  }
});
