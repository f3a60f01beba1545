import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, answering, until } from './editor';

describe('Plumbline in the editor: history', () => {
  it('lists the commits that touched a source, and shows what rolling back would change', async () => {
    const host = await activated();
    const view = host.workspace.activeFolder;
    const source = view?.sources.find((s) => s.root && s.path.includes('web')) ?? view?.sources.find((s) => s.root);
    assert.ok(view && source);
    await host.history.show({ folder: view.folder, source: source.id, name: source.name });
    assert.equal(host.history.failure, undefined);
    assert.ok(host.history.revisions.length > 1, 'the example has history');
    const oldest = host.history.revisions[host.history.revisions.length - 1];
    assert.ok(oldest);
    const node = { type: 'revision', source: host.history.source, revision: oldest };
    await vscode.commands.executeCommand('plumbline.compareRevision', node);
    const title = `${source.name}: now ↔ ${oldest.id.slice(0, 7)}`;
    await until('the diff', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label.startsWith(title) ?? false);
  });

  it('asks before it commits a rollback', async () => {
    const host = await activated();
    const revision = host.history.revisions[1];
    const asked = answering(host, undefined);
    await vscode.commands.executeCommand('plumbline.rollBack', {
      type: 'revision',
      source: host.history.source,
      revision,
    });
    assert.match(asked()[0]?.message ?? '', /^Roll .* back\?$/);
    assert.match(asked()[0]?.detail ?? '', /new branch/);
    assert.equal(asked()[0]?.buttons[0], 'Commit Rollback');
  });
});
