// What is known of secrets: which files are meant to be encrypted, what counts as a value, and that values are not shown.
import assert from 'node:assert';
import { neighboursOf } from '../../server/src/core/check/neighbours';
import { documentSymbols, type DocumentSymbol } from '../../server/src/core/check/symbols';
import { isSecretText } from '../../server/src/core/secrets/plainSecret';
import { readSopsConfig, sopsCover } from '../../server/src/core/secrets/sopsRules';
import { discover } from '../../server/src/core/workspace/discover';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { memoryTree } from '../support/memoryFiles';

const rules = `creation_rules:
  - path_regex: secrets/.*\\.ya?ml$
    encrypted_regex: ^(data|stringData)$
  - path_regex: (?i)PROD
    unencrypted_regex: ^data$
  - path_regex: "("
  - path_regex: other
    encrypted_suffix: _secret
`;

describe('SOPS rules', () => {
  const config = readSopsConfig('apps/.sops.yaml', rules);
  const covers = (path: string, field: string): boolean | undefined => sopsCover([config], path)?.rule?.encrypts(field);
  it('are those of the nearest file, and of the first path that fits', () => {
    assert.strictEqual(covers('apps/secrets/a.yaml', 'data'), true);
    assert.strictEqual(covers('apps/secrets/a.yaml', 'metadata'), false);
    assert.strictEqual(covers('apps/prod/a.yaml', 'stringData'), true);
    assert.strictEqual(covers('apps/prod/a.yaml', 'data'), false);
    assert.strictEqual(covers('apps/other/a.yaml', 'data'), false);
    assert.strictEqual(covers('apps/base/a.yaml', 'data'), undefined);
    assert.strictEqual(sopsCover([config], 'elsewhere/secrets/a.yaml'), undefined);
    const nearer = readSopsConfig('apps/secrets/.sops.yaml', 'creation_rules: []');
    assert.strictEqual(sopsCover([config, nearer], 'apps/secrets/a.yaml')?.config, 'apps/secrets/.sops.yaml');
  });
  it('are found in the repository', async () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n';
    const workspace = await discover(memoryTree({ 'apps/.sops.yaml': rules, 'apps/secrets/a.yaml': secret }));
    const file = workspace.files.find(({ path }) => path === 'apps/secrets/a.yaml');
    assert.strictEqual(neighboursOf(workspace, file).sops?.config, 'apps/.sops.yaml');
  });
});

describe('values of secrets', () => {
  it('are what is neither a placeholder nor a reference', () => {
    for (const text of ['hunter2', 'example', 'none-of-your-business', 'a$b']) {
      assert.ok(isSecretText(text) || text === 'example', text);
    }
    for (const text of [
      '',
      '  ',
      '<token>',
      'changeme',
      'CHANGE_ME',
      'replace-me',
      '${x}',
      '$(x)',
      '{{ .x }}',
      '***',
      'xxxx',
      'TODO',
      'your-token',
      'vault:secret/a',
      'ref+vault://a',
      'ENC[AES256_GCM,data:a]',
      '<path:a#b>',
    ]) {
      assert.ok(!isSecretText(text), text);
    }
  });
  it('are not in the outline', () => {
    const text = `apiVersion: v1
kind: Secret
metadata: {name: a, labels: {app: web}}
data: {key: aHVudGVyMg==, empty: ""}
stringData: {key: hunter2}
---
secretGenerator:
  - name: b
    literals: [password=hunter2]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {key: shown}
`;
    const details = (symbols: readonly DocumentSymbol[]): string[] =>
      symbols.flatMap(({ name, detail, children }) => [
        ...(detail === '' ? [] : [`${name}: ${detail}`]),
        ...details(children),
      ]);
    const shown = details(documentSymbols(parseYaml(text)));
    assert.ok(shown.includes('key: ••••') && shown.includes('app: web') && shown.includes('key: shown'));
    assert.ok(!shown.some((line) => /hunter2|aHVu/.test(line)), shown.join('\n'));
  });
});
