// textDocument/selectionRange.
import * as assert from 'node:assert';
import type { SelectionRange } from 'vscode-languageserver';
import { languageFolder } from '../../support/languageFolder';

describe('textDocument/selectionRange', () => {
  it('answers every position with ranges that grow', async () => {
    const folder = await languageFolder({});
    try {
      const { uri } = folder.open('a.yaml', 'a:\n  b: 1\n');
      const positions = [
        { line: 1, character: 5 },
        { line: 0, character: 0 },
      ];
      const found = await folder.ask<SelectionRange[]>('textDocument/selectionRange', uri, { positions });
      assert.strictEqual(found.length, 2);
      assert.deepStrictEqual(found[0]?.range, { start: { line: 1, character: 5 }, end: { line: 1, character: 6 } });
      assert.deepStrictEqual(found[0]?.parent?.range, {
        start: { line: 1, character: 2 },
        end: { line: 1, character: 6 },
      });
    } finally {
      await folder.stop();
    }
  });
});
