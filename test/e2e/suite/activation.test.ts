import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated } from './editor';

interface Manifest {
  contributes: { commands: { command: string }[] };
}

describe('Plumbline in the editor: activation', () => {
  it('activates because the folder has a kustomization, and compares nothing by itself', async () => {
    const host = await activated();
    assert.deepEqual(host.drift.comparisons, []);
  });

  it('registers every command of the manifest', async () => {
    const { extension } = (await activated()).context;
    const have = new Set(await vscode.commands.getCommands(true));
    const declared = (extension.packageJSON as Manifest).contributes.commands.map((c) => c.command);
    assert.ok(declared.length > 15);
    assert.deepEqual(
      declared.filter((c) => !have.has(c)),
      [],
    );
  });

  it('has no access to proposed API: what works here works on the desktop', () => {
    assert.throws(() => {
      const { registerTimelineProvider } = vscode.workspace as unknown as {
        registerTimelineProvider: (scheme: string, provider: object) => vscode.Disposable;
      };
      registerTimelineProvider('file', {});
    }, /proposal/);
  });

  it('restarts the language server, once for several requests', async () => {
    const host = await activated();
    let ready = 0;
    const listening = host.server.onReady(() => ready++);
    await Promise.all([host.server.restart(), host.server.restart(), host.server.restart()]);
    listening.dispose();
    assert.equal(ready, 1);
    await activated();
  });
});
