// From "not compared" to "in sync" on a protected environment: choose it, compare, look at one object and at all, see the marks in
// the file, review the plan, type the name, sync, prune.
import assert from 'node:assert/strict';
import { it } from 'mocha';
import { journey } from '../../support/vscodeJourney.mjs';

const production = /^production, .*(drifted|leftover|in sync).*, environment$/;
const web = /^web, Deployment · 2 fields · shop, drifted$/;
const replicas = /^spec\.replicas, 4 in Git, 2 live/;
const leftover = /^web-config-mcfmhdc4b8, ConfigMap · leftover/;

journey('drift', { theme: 'dark' }, (the) => {
  it('says what to do, and contacts nothing before the click', async () => {
    await the().showPlumbline();
    await the().page.getByRole('button', { name: 'Compare with Live State' }).waitFor({ timeout: 60_000 });
    await the().shot('welcome');
    await the().statusItem('staging: not compared').click();
    await the().page.getByText('Choose Environment…').click();
    await the().page.locator('.quick-input-list .monaco-list-row', { hasText: 'production' }).waitFor();
    await the().shot('choose-environment');
    await the().page.locator('.quick-input-list .monaco-list-row', { hasText: 'production' }).click();
    await the().statusItem('production: not compared').waitFor();
  });

  it('shows what drifted', async () => {
    await the().compare();
    await the().row(web).waitFor();
    await the().statusItem('production: 7 drifted').waitFor();
    await the().shot('tree');
    await the().row(web).locator('.monaco-tl-twistie').click();
    await the().row(replicas).waitFor();
    await the().row(web).hover();
    await the().page.locator('.workbench-hover').getByText('4 in Git, 2 live').first().waitFor();
    await the().shot('fields');
  });

  it('has accessible views', async () => {
    await the().page.mouse.move(900, 500);
    const faults = await the().accessibilityFaults('.composite.viewlet');
    const status = await the().accessibilityFaults('.statusbar-item[aria-label$="Plumbline"]');
    assert.deepEqual([...faults, ...status], []);
  });

  it('opens the diff of one object', async () => {
    await the().row(web).click();
    await the().page.locator('.monaco-diff-editor .line-delete').first().waitFor();
    await the().shot('diff');
  });

  it('opens everything that differs, whatever row is selected', async () => {
    await the().page.locator('.pane-header', { hasText: 'Drift' }).first().hover();
    await the().page.getByRole('button', { name: 'Review All Drift' }).first().click();
    await the().page.locator('.multiDiffEditor .line-delete, .multiDiffEditor .line-insert').first().waitFor();
    await the().page.getByRole('tab', { name: 'Drift: live production ↔ Git (7 files)' }).waitFor();
    await the().shot('review-all');
  });

  it('marks the lines that differ in the file, with the live value one click away', async () => {
    await the().row(replicas).click();
    await the().page.getByRole('tab', { name: 'kustomization.yaml' }).first().waitFor();
    await the().page.locator('.monaco-editor .dirty-diff-glyph').first().waitFor();
    await the().shot('quick-diff');
    await the().page.locator('.editor-instance .view-line').first().click();
    await the().command('Show Next Change');
    await the()
      .page.locator('.peekview-widget')
      .getByText(/^Live State - 1 of \d/)
      .waitFor();
    await the().shot('peek');
    await the().page.locator('.peekview-widget .codicon-compare-changes').click();
    await the().page.locator('.monaco-diff-editor .line-delete').first().waitFor();
    await the().shot('compare-with-live');
  });

  it('asks before it writes, and lets the person read the plan first', async () => {
    await the().row(production).hover();
    await the().row(production).getByRole('button', { name: 'Sync…' }).click();
    await the()
      .dialog.getByText(/^Sync 6 objects to production\?/)
      .waitFor();
    await the().shot('confirm');
    await the().dialog.getByRole('button', { name: 'Review Plan' }).click();
    await the()
      .page.getByRole('tab', { name: /^Plan for production/ })
      .waitFor();
    await the().statusItem('Sync 6 objects to production…').waitFor();
    await the().shot('review-plan');
    await the()
      .page.getByRole('button', { name: /Continue with the Reviewed Plan/ })
      .first()
      .click();
    await the().dialog.waitFor();
  });

  it('writes to a protected environment only when its name was typed', async () => {
    const input = the().page.locator('.quick-input-widget input').first();
    await the().dialog.getByRole('button', { name: 'Sync', exact: true }).click();
    await input.waitFor({ state: 'visible' });
    await the().page.keyboard.type('staging');
    await the().shot('wrong-name');
    await the().page.keyboard.press('Escape');
    await the().statusItem('production: 7 drifted').waitFor();

    await the().row(production).hover();
    await the().row(production).getByRole('button', { name: 'Sync…' }).click();
    await the().dialog.getByRole('button', { name: 'Sync', exact: true }).click();
    await input.waitFor({ state: 'visible' });
    await the().page.keyboard.type('production');
    await the().page.keyboard.press('Enter');
    await the()
      .toast(/Synced 6 objects in production/)
      .waitFor({ timeout: 60_000 });
    await the().row(web).waitFor({ state: 'detached' });
    await the().statusItem('production: 1 drifted').waitFor();
    await the().shot('synced');
  });

  it('prunes only when asked, and only what was shown', async () => {
    await the().row(leftover).hover();
    await the().row(leftover).getByRole('button', { name: 'Prune…' }).click();
    await the()
      .dialog.getByText(/^Delete 1 object from production\?/)
      .waitFor();
    await the().shot('confirm-prune');
    await the().dialog.getByRole('button', { name: 'Prune', exact: true }).click();
    await the().page.locator('.quick-input-widget input').first().waitFor({ state: 'visible' });
    await the().page.keyboard.type('production');
    await the().page.keyboard.press('Enter');
    await the().statusItem('production: in sync').waitFor({ timeout: 60_000 });
    await the()
      .row(/^production, in sync.*, environment$/)
      .waitFor();
    await the().shot('in-sync');
  });

  it('never showed the value of a Secret', async () => {
    await the().command('Plumbline: Show Operations Log');
    await the().page.getByText('compared with').first().waitFor();
    await the().shot('log');
    assert.doesNotMatch(await the().text(), /only-for-this-example|b25seS1mb3It/);
  });
});
