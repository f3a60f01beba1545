// Formatting on YAML that other people wrote: the corpora, and what public Go modules carry. No file may come to mean something else.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { applySpaceEdits, formatEdits } from '../../server/src/core/format/format';
import { sameDocuments } from '../../server/src/core/format/sameDocuments';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toJsonText } from '../../server/src/core/yaml/resolve';
import { sharedDir } from '../support/shared';

/** Of the modules every so manieth file: they hold tens of thousands. */
const sample = 25;

function yamlFiles(folder: string): string[] {
  return (fs.readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

function moduleCache(): string | undefined {
  try {
    const folder = execFileSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).trim();
    return fs.existsSync(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function checkAll(files: readonly string[]): number {
  let documents = 0;
  for (const file of files) {
    if (!fs.statSync(file).isFile() || fs.statSync(file).size > 500_000) {
      continue;
    }
    const text = fs.readFileSync(file, 'utf8');
    const parsed = parseYaml(text);
    documents += parsed.documents.length;
    for (const listIndent of ['keep', 'flat', 'indented'] as const) {
      const result = applySpaceEdits(text, formatEdits(parsed, { listIndent, documents: parsed.documents }));
      const again = parseYaml(result);
      assert.ok(sameDocuments(parsed, again), `${file} (${listIndent})`);
      assert.deepStrictEqual(
        again.documents.map(({ root }) => toJsonText(root)),
        parsed.documents.map(({ root }) => toJsonText(root)),
        `${file} (${listIndent})`,
      );
      assert.deepStrictEqual(
        formatEdits(again, { listIndent, documents: again.documents }),
        [],
        `${file} (${listIndent}), formatted twice`,
      );
    }
  }
  return documents;
}

describe('formatting of what others wrote', () => {
  const shared = sharedDir();
  if (shared !== undefined) {
    it('keeps the meaning of the corpora', () => {
      assert.ok(checkAll(yamlFiles(path.join(shared, 'corpus'))) > 50);
    });
  }
  const modules = moduleCache();
  if (modules !== undefined) {
    it('keeps the meaning of files in Go modules', function () {
      this.timeout(120_000);
      checkAll(yamlFiles(modules).filter((_, index) => index % sample === 0));
    });
  }
});
