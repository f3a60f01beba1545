// Every file below fixtures/diagnostics is a case: its problems are exactly those that its carets name.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { checkFile } from '../../server/src/core/check/checkFile';
import { settle } from '../../server/src/core/check/suppress';
import type { Neighbours } from '../../server/src/core/kinds/kind';
import { readSopsConfig, sopsCover } from '../../server/src/core/secrets/sopsRules';
import type { Problem } from '../../server/src/core/problem';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { readMarked, writeMarked, type MarkedFile } from '../support/markers';
import { newSchemaStore, repositoryRoot } from '../support/schemas';

const schemas = newSchemaStore();

function problemsOf(file: MarkedFile): Problem[] {
  const { role, chart, substituted, eol, minor, bom, sops, target } = file.options;
  let text = file.text;
  if (eol === 'crlf') {
    text = text.replace(/\n/g, '\r\n');
  }
  if (bom === 'true') {
    text = '\uFEFF' + text;
  }
  const neighbours: Neighbours = {
    ...(role === undefined ? {} : { role: role as NonNullable<Neighbours['role']> }),
    ...(chart === undefined ? {} : { chart }),
    ...(substituted === undefined ? {} : { substituted: substituted === 'true' }),
    ...(target === undefined ? {} : { patchTargets: [{ kind: target }] }),
    ...(sops === undefined
      ? {}
      : {
          sops: sopsCover([readSopsConfig('.sops.yaml', `creation_rules: [{encrypted_regex: "^(${sops})$"}]`)], 'a')!,
        }),
  };
  const parsed = parseYaml(text);
  const check = checkFile(
    { path: file.path, parsed, neighbours },
    { store: schemas, ...(minor === undefined ? {} : { minor }) },
  );
  return settle(check.problems, parsed);
}

/** The reported situations that an editor must not repeat stand apart: each is named by its number in the list of them. */
for (const area of ['diagnostics', 'acceptance']) {
  const folder = path.join(repositoryRoot, 'test/fixtures', area);
  describe(area, () => {
    for (const name of (fs.readdirSync(folder, { recursive: true }) as string[]).sort()) {
      if (!name.endsWith('.yaml')) {
        continue;
      }
      it(name, () => {
        const file = path.join(folder, name);
        const fixture = fs.readFileSync(file, 'utf8');
        const files = readMarked(fixture, path.basename(name));
        const expected = writeMarked(fixture, path.basename(name), files.flatMap(problemsOf));
        if (process.env.UPDATE_EXPECT === '1') {
          fs.writeFileSync(file, expected);
        } else {
          assert.strictEqual(fixture, expected);
        }
      });
    }
  });
}
