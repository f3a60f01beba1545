// textDocument/semanticTokens/full: what an object is, and what Flux fills in.
import * as assert from 'node:assert';
import type { SemanticTokens } from 'vscode-languageserver';
import { languageFolder } from '../../support/languageFolder';

const cluster = (substitute: string): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\nspec:\n  interval: 1m\n  prune: true\n  path: ./apps\n  sourceRef: {kind: GitRepository, name: flux-system}\n${substitute}`;
const repository =
  'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\nspec: {interval: 1m, url: "https://example.com/a.git"}\n';
const config =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: ${NAME:-x} and ${NAME}\n  b: $${NAME}\n  c: |\n    ${NAME}\n';

async function tokensWith(substitute: string): Promise<string[]> {
  const folder = await languageFolder({
    'clusters/production/apps.yaml': cluster(substitute),
    'clusters/production/source.yaml': repository,
    'apps/kustomization.yaml': 'resources: [config.yaml]\n',
    'apps/config.yaml': config,
  });
  try {
    const { uri } = folder.open('apps/config.yaml', config);
    const { data } = await folder.ask<SemanticTokens>('textDocument/semanticTokens/full', uri);
    const lines = config.split('\n');
    const found: string[] = [];
    let [line, character] = [0, 0];
    for (let i = 0; i < data.length; i += 5) {
      const [down = 0, right = 0, length = 0, type = 0] = data.slice(i, i + 4);
      character = down === 0 ? character + right : right;
      line += down;
      found.push(`${type} ${lines[line]?.slice(character, character + length)}`);
    }
    return found;
  } finally {
    await folder.stop();
  }
}

describe('textDocument/semanticTokens', () => {
  it('names the object, and the variables where they are filled in', async () => {
    assert.deepStrictEqual(await tokensWith('  postBuild: {substitute: {NAME: x}}\n'), [
      '0 v1',
      '1 ConfigMap',
      '2 ${NAME:-x}',
      '2 ${NAME}',
      '2 ${NAME}',
    ]);
    assert.deepStrictEqual(await tokensWith(''), ['0 v1', '1 ConfigMap']);
  });
});
