// textDocument/documentSymbol.
import * as assert from 'node:assert';
import type { DocumentSymbol } from 'vscode-languageserver';
import { languageFolder } from '../../support/languageFolder';

describe('textDocument/documentSymbol', () => {
  it('lists objects by kind and name, without the values of Secrets, and a huge file up to a limit that it tells', async () => {
    const folder = await languageFolder({});
    try {
      const symbols = (text: string): Promise<DocumentSymbol[]> =>
        folder.ask('textDocument/documentSymbol', folder.open('a.yaml', text).uri);
      const [secret] = await symbols(
        'apiVersion: v1\nkind: Secret\nmetadata: {name: key}\nstringData: {password: hunter2}\n',
      );
      assert.strictEqual(secret?.name, 'Secret key');
      assert.doesNotMatch(JSON.stringify(secret), /hunter2/);
      const huge = await folder.ask<DocumentSymbol[]>(
        'textDocument/documentSymbol',
        folder.open('huge.yaml', 'a:\n' + '  - {b: 1, c: 2}\n'.repeat(20_000)).uri,
      );
      assert.match(huge.at(-1)?.name ?? '', /cut/);
    } finally {
      await folder.stop();
    }
  });
});
