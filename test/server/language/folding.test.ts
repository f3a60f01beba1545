// textDocument/foldingRange.
import * as assert from 'node:assert';
import type { FoldingRange } from 'vscode-languageserver';
import { languageFolder } from '../../support/languageFolder';

describe('textDocument/foldingRange', () => {
  it('folds manifests by structure, and leaves templates to the editor', async () => {
    const folder = await languageFolder({ 'chart/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n' });
    try {
      const fold = (uri: string): Promise<FoldingRange[] | null> => folder.ask('textDocument/foldingRange', uri);
      const { uri } = folder.open('a.yaml', '# a\n# b\nspec:\n  a: 1\n');
      assert.deepStrictEqual(await fold(uri), [
        { startLine: 0, endLine: 1, kind: 'comment' },
        { startLine: 2, endLine: 3 },
      ]);
      const template = folder.open('chart/templates/a.yaml', 'spec:\n  {{- if .a }}\n  a: 1\n  {{- end }}\n');
      assert.strictEqual(await fold(template.uri), null);
    } finally {
      await folder.stop();
    }
  });
});
