// textDocument/documentLink.
import * as assert from 'node:assert';
import type { DocumentLink } from 'vscode-languageserver';
import { languageFolder } from '../../support/languageFolder';

describe('textDocument/documentLink', () => {
  it('leads from a kustomization to its files and folders', async () => {
    const text = 'resources:\n- ../base\n- web.yaml\n- gone.yaml\n';
    const folder = await languageFolder({
      'base/kustomization.yaml': 'resources: []\n',
      'app/kustomization.yaml': text,
      'app/web.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n',
    });
    try {
      const { uri } = folder.open('app/kustomization.yaml', text);
      const links = await folder.ask<DocumentLink[]>('textDocument/documentLink', uri);
      assert.deepStrictEqual(
        links.map(({ range, target, tooltip }) => [range.start.line, target?.endsWith(tooltip ?? ''), tooltip]),
        [
          [1, true, 'base/kustomization.yaml'],
          [2, true, 'app/web.yaml'],
        ],
      );
    } finally {
      await folder.stop();
    }
  });
});
