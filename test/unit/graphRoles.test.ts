// The tables of roles: every line is met by a fixture, and every path in them can be met at all.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { readEntry } from '../../server/src/core/graph/fileEntry';
import type { RoleLine } from '../../server/src/core/graph/roleLine';
import { roleLines } from '../../server/src/core/graph/roles';
import type { Range } from '../../server/src/core/problem';
import { lineIndex } from '../../server/src/core/yaml/lines';
import { filesOfFixture, graphOf } from '../support/graphFixture';
import { repositoryRoot } from '../support/schemas';

const folder = path.join(repositoryRoot, 'test/fixtures/graph');

describe('places of the workspace graph', () => {
  const forms: Record<string, (text: string) => string> = {
    'as written': (text) => text,
    'with CRLF': (text) => text.replace(/\n/g, '\r\n'),
    'with a byte-order mark and wide characters': (text) => `\uFEFF# 🚢 ünïcode\n${text}`,
  };
  for (const [form, write] of Object.entries(forms)) {
    it(`are where the text is, ${form}`, async () => {
      let count = 0;
      for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.yaml'))) {
        const written = filesOfFixture(fs.readFileSync(path.join(folder, name), 'utf8'));
        const files = Object.fromEntries(
          Object.entries(written).map(([file, text]) => [file, /\.ya?ml$/.test(file) ? write(text) : text]),
        );
        const { graph, workspace } = await graphOf(files);
        for (const { path: file } of workspace.files) {
          const text = files[file] ?? '';
          const lines = lineIndex(text);
          const at = ({ start, end }: Range): string => text.slice(lines.offsetAt(start), lines.offsetAt(end));
          for (const { reference } of graph.edgesIn(file)) {
            if (reference.entity !== 'label') {
              assert.strictEqual(at(reference.from.range).replace(/^["']|["']$/g, ''), reference.text, file);
              count++;
            }
          }
          for (const definition of graph.definitionsIn(file)) {
            if (!['file', 'folder', 'label'].includes(definition.entity)) {
              assert.strictEqual(at(definition.at.range).replace(/^["']|["']$/g, ''), definition.name, file);
              count++;
            }
          }
        }
      }
      assert.ok(count > 500, String(count));
    });
  }
});

describe('roles of the workspace graph', () => {
  it('each have a fixture', async () => {
    const met = new Set<RoleLine>();
    for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.yaml'))) {
      const files = filesOfFixture(fs.readFileSync(path.join(folder, name), 'utf8'));
      const { workspace } = await graphOf(files);
      for (const file of workspace.files) {
        for (const document of readEntry(file, files[file.path]).documents) {
          document.references.forEach(({ line }) => met.add(line));
          document.definitions.forEach(({ line }) => line !== undefined && met.add(line));
        }
      }
    }
    // Namespaces beside names follow from the lines of the names; what a controller makes is a definition of its own.
    const isDerived = (line: RoleLine): boolean =>
      line.role.startsWith('namespace of:') || (line.defines === true && line.entity === 'object');
    const unmet = roleLines.filter((line) => !met.has(line) && !isDerived(line));
    assert.deepStrictEqual(
      unmet.map((line) => `${line.in} ${line.path}`),
      [],
    );
  });
});
