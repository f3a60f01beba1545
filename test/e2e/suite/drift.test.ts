import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { objectsBelow, type DriftNode } from '../../../client/src/drift/model';
import { activated, answering, compared, open, revertAll, until } from './editor';

const activeTab = (): vscode.Tab | undefined => vscode.window.tabGroups.activeTabGroup.activeTab;

describe('Plumbline in the editor: drift', () => {
  before(async () => {
    const host = await activated();
    const folder = host.workspace.activeFolder?.folder ?? '';
    await host.workspace.choose({ folder, environment: 'production' });
    await compared();
  });
  afterEach(revertAll);

  it('lists environment, owners and objects, with drift first', async () => {
    const { view } = await compared();
    const environment = view.tree.environments.find((node) => node.label === 'production');
    assert.equal(environment?.type, 'environment');
    const objects = objectsBelow(environment);
    assert.ok(
      objects.some((o) => o.state === 'drifted'),
      'the example has prepared drift',
    );
    assert.ok(objects.some((o) => o.state === 'inSync'));
    const drifted = objects.find((o) => o.state === 'drifted') as DriftNode;
    assert.ok(drifted.children.length > 0, 'a drifted object names its fields');
    assert.ok((view.view.badge?.value ?? 0) > 0);
    assert.match(view.view.message ?? '', /^Compared at /);
  });

  it('opens the diff of an object: live on the left, Git on the right', async () => {
    const { view } = await compared();
    const node = view.tree.environments.flatMap(objectsBelow).find((o) => o.state === 'drifted');
    await vscode.commands.executeCommand('plumbline.openDiff', node);
    const input = await until('the diff', () => {
      const tab = activeTab();
      return tab?.input instanceof vscode.TabInputTextDiff && tab.input;
    });
    const [live, desired] = await Promise.all(
      [input.original, input.modified].map(async (uri) => (await vscode.workspace.openTextDocument(uri)).getText()),
    );
    assert.notEqual(live, '');
    assert.notEqual(desired, '');
    assert.notEqual(live, desired);
  });

  it('opens everything that differs as one multi-file diff', async () => {
    await vscode.commands.executeCommand('plumbline.reviewDrift');
    await until('the multi-file diff', () => activeTab()?.label.startsWith('Drift: live') ?? false);
  });

  it('offers the live state as the other side of a drifted file', async () => {
    await compared();
    const { document } = await open('apps/web/overlays/production/kustomization.yaml');
    await vscode.commands.executeCommand('plumbline.compareWithLive', document.uri);
    const input = await until('the diff with the live state', () => {
      const tab = activeTab();
      return tab?.input instanceof vscode.TabInputTextDiff && tab.input;
    });
    assert.equal(input.original.scheme, 'plumbline-live');
    assert.equal(input.modified.toString(), document.uri.toString());
    const live = await vscode.workspace.openTextDocument(input.original);
    assert.equal(live.getText(), document.getText().replace('count: 4', 'count: 2'));
  });

  it('shows the object where a template’s own words cannot say what is live', async () => {
    await compared();
    const { document } = await open('charts/orders/templates/deployment.yaml');
    await vscode.commands.executeCommand('plumbline.compareWithLive', document.uri);
    const input = await until('the diff of the object', () => {
      const tab = activeTab();
      return tab?.input instanceof vscode.TabInputTextDiff && tab.input;
    });
    assert.equal(input.original.scheme, 'plumbline-object');
  });

  it('asks before it writes, and writes nothing when the answer is no', async () => {
    const host = await compared();
    const asked = answering(host, undefined);
    const before = host.drift.comparisons[0]?.report?.comparedAt;
    await vscode.commands.executeCommand('plumbline.syncEnvironment');
    assert.equal(asked().length, 1);
    assert.match(asked()[0]?.message ?? '', /^Sync \d+ objects? to /);
    assert.deepEqual(asked()[0]?.buttons, ['Sync', 'Review Plan']);
    assert.equal(host.drift.comparisons[0]?.report?.comparedAt, before);
  });
});

describe('Plumbline in the editor: sync', () => {
  it('syncs what was confirmed, and compares again', async () => {
    const host = await compared();
    const chosen = host.workspace.chosen;
    assert.ok(chosen);
    answering(host, 'Sync');
    await vscode.commands.executeCommand('plumbline.syncEnvironment');
    const report = host.drift.get(chosen)?.report;
    assert.equal(report?.counts.drifted, 0);
    assert.equal(report?.counts.missing, 0);
  });
});
