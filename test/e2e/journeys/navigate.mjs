// Finding the way and renaming: who refers to a Service, who deploys its file, and a new name for it in every file, looked at first.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { it } from 'mocha';
import { journey } from '../../support/vscodeJourney.mjs';

const service = 'apps/web/base/service.yaml';
const deployment = 'apps/web/base/deployment.yaml';
const ingress = 'apps/web/overlays/production/ingress.yaml';

journey('navigate', {}, (the) => {
  it('shows who refers to a name, without leaving the file', async () => {
    await the().openFile(deployment);
    await the().statusItem('staging').waitFor({ timeout: 60_000 });
    await the().goTo(the().lineOf(deployment, 'name: web'), 10);
    await the().page.keyboard.press('Shift+F12');
    await the().page.locator('.reference-zone-widget .monaco-list-row').first().waitFor();
    await the().shot('references');
    await the().page.keyboard.press('Escape');
    await the().page.locator('.reference-zone-widget').waitFor({ state: 'detached' });
  });

  it('says on hover what a reference means', async () => {
    await the().openFile(ingress);
    await the().goTo(the().lineOf(ingress, 'name: web') + 12, 23);
    await the().command('Show or Focus Hover');
    await the().page.locator('.monaco-hover-content', { hasText: 'Backend Service' }).first().waitFor();
    await the().shot('hover');
    await the().page.keyboard.press('Escape');
  });

  it('offers the names that exist', async () => {
    await the().goTo(the().lineOf(ingress, 'name: web') + 12, 23);
    await the().page.keyboard.press('End');
    await the().page.keyboard.press('Control+Backspace');
    await the().page.keyboard.press('Control+Space');
    await the().page.locator('.suggest-widget .monaco-list-row', { hasText: 'web' }).first().waitFor();
    await the().shot('completion');
    await the().page.keyboard.press('Escape');
    await the().command('File: Revert File');
  });

  it('lists who deploys a file, by environment, and opens what is chosen', async () => {
    await the().openFile(service);
    await the().command('Plumbline: Who Deploys This File?');
    await the()
      .page.locator('.quick-input-list .monaco-list-row', { hasText: 'clusters/production/web.yaml' })
      .waitFor();
    await the().shot('who-deploys');
    await the().page.keyboard.press('ArrowDown');
    await the().page.keyboard.press('Enter');
    await the().page.getByRole('tab', { name: 'kustomization.yaml' }).first().waitFor();
  });

  it('renames a Service in every file, shown before it happens', async () => {
    await the().openFile(service);
    await the().goTo(the().lineOf(service, 'name: web'), 10);
    await the().page.keyboard.press('F2');
    const box = the().page.locator('.rename-box input');
    await box.waitFor();
    assert.equal(await box.inputValue(), 'web');
    await box.fill('shopfront');
    await the().shot('rename-box');
    await the().page.keyboard.press('Control+Enter');
    await the()
      .page.getByRole('treeitem', { name: /ingress\.yaml/ })
      .first()
      .waitFor();
    await the().shot('rename-preview');
    await the().page.getByRole('button', { name: 'Apply' }).click();
    await the().page.locator('.view-line', { hasText: 'name: shopfront' }).first().waitFor();
    await the().command('File: Save All Files');
    const saved = (file) => fs.readFileSync(path.join(the().folder, file), 'utf8');
    await assertSoon(() => /name: shopfront/.test(saved(service)) && /name: shopfront/.test(saved(ingress)));
    await the().shot('renamed');
  });

  it('says what a cluster would make of a rename', async () => {
    await the().goTo(the().lineOf(service, 'app: web'), 11);
    await the().page.keyboard.press('F2');
    const box = the().page.locator('.rename-box input');
    await box.waitFor();
    await box.fill('front');
    await the().page.keyboard.press('Enter');
    await the().toast('cannot change in a cluster').waitFor();
    await the().page.locator('.view-line', { hasText: 'app: front' }).first().waitFor();
    await the().shot('consequence');
  });

  it('says why a name cannot be used', async () => {
    await the().goTo(the().lineOf(service, 'name: shopfront'), 10);
    await the().page.keyboard.press('F2');
    const box = the().page.locator('.rename-box input');
    await box.waitFor();
    await box.fill('Shop Front');
    await the().page.keyboard.press('Enter');
    await the()
      .page.getByText(/cannot name a Service/)
      .first()
      .waitFor();
    await the().shot('refused');
  });
});

/** The disk is written a moment after the command. */
async function assertSoon(holds) {
  const end = Date.now() + 10_000;
  while (!holds()) {
    assert.ok(Date.now() < end, 'not saved in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
