// From "not compared" to "in sync": compare, look at one object and at all, see the marks in the file, review the plan, sync.
import assert from 'node:assert/strict';
import { it } from 'mocha';
import { journey } from '../../support/vscodeJourney.mjs';

journey('drift', { theme: 'dark' }, (the) => {
  it('says what to do, and contacts nothing before the click', async () => {
    await the().showPlumbline();
    await the().page.getByRole('button', { name: 'Compare with Live State' }).waitFor({ timeout: 60_000 });
    await the().statusItem('staging: not compared').waitFor();
    await the().shot('welcome');
  });

  it('shows what drifted', async () => {
    await the().compare();
    await the()
      .row(/ fields? · .*, drifted$/)
      .first()
      .waitFor();
    await the()
      .statusItem(/staging: \d+ drifted/)
      .waitFor();
    await the().shot('tree');
    await the()
      .row(/ fields? · .*, drifted$/)
      .first()
      .locator('.monaco-tl-twistie')
      .click();
    await the()
      .row(/ in Git, .* live/)
      .first()
      .waitFor();
    await the()
      .row(/ fields? · .*, drifted$/)
      .first()
      .hover();
    await the().page.locator('.workbench-hover').getByText('in Git').first().waitFor();
    await the().shot('fields');
  });

  it('has accessible views', async () => {
    await the().page.mouse.move(900, 500);
    const faults = await the().accessibilityFaults('.composite.viewlet');
    const status = await the().accessibilityFaults('.statusbar-item[aria-label$="Plumbline"]');
    assert.deepEqual([...faults, ...status], []);
  });

  it('opens the diff of one object', async () => {
    await the()
      .row(/ fields? · .*, drifted$/)
      .first()
      .click();
    await the().page.locator('.monaco-diff-editor .line-delete').first().waitFor();
    await the().shot('diff');
  });

  it('opens everything that differs', async () => {
    await the().page.locator('.pane-header', { hasText: 'Drift' }).first().hover();
    await the().page.getByRole('button', { name: 'Review All Drift' }).first().click();
    await the().page.locator('.multiDiffEditor').first().waitFor();
    await the().page.locator('.multiDiffEditor .line-delete, .multiDiffEditor .line-insert').first().waitFor();
    await the().shot('review-all');
  });

  it('marks the lines that differ in the file, with the live value one click away', async () => {
    await the()
      .row(/ in Git, .* live/)
      .first()
      .click();
    await the().page.locator('.monaco-editor .dirty-diff-glyph').first().waitFor();
    await the().shot('quick-diff');
    await the().command('Show Next Change');
    await the().page.locator('.peekview-widget').getByText('Live State').waitFor();
    await the().shot('peek');
    await the().page.locator('.peekview-widget').getByRole('button', { name: 'Compare with Live' }).click();
    await the().page.locator('.monaco-diff-editor .line-delete').first().waitFor();
    await the().shot('compare-with-live');
  });

  it('asks before it writes, and lets the person read the plan first', async () => {
    await the()
      .row(/^staging, .*environment$/)
      .hover();
    await the()
      .row(/^staging, .*environment$/)
      .getByRole('button', { name: 'Sync…' })
      .click();
    await the()
      .dialog.getByText(/^Sync \d+ objects? to staging\?/)
      .waitFor();
    await the().shot('confirm');
    await the().dialog.getByRole('button', { name: 'Review Plan' }).click();
    await the().page.locator('.multiDiffEditor').first().waitFor();
    await the().toast('Nothing has been written yet').waitFor();
    await the().shot('review-plan');
    await the()
      .page.getByRole('button', { name: /Continue with the Reviewed Plan/ })
      .first()
      .click();
    await the().dialog.waitFor();
  });

  it('syncs, proves it, and leaves what only a prune would delete', async () => {
    await the().dialog.getByRole('button', { name: 'Sync', exact: true }).click();
    await the()
      .toast(/^.*Synced \d+ objects? in staging/)
      .waitFor({ timeout: 60_000 });
    await the().shot('synced');
    await the()
      .row(/ fields? · .*, drifted$/)
      .first()
      .waitFor({ state: 'detached' });
    await the()
      .row(/^staging, .*environment$/)
      .waitFor();
  });

  it('asks nobody but this machine', () => {
    // The editor's own gallery is the only other place that was asked for; the window could not reach it.
    assert.deepEqual(
      [...the().outside].filter((host) => /kube|cluster|git\.example/.test(host)),
      [],
    );
  });
});
