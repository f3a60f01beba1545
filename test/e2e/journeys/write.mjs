// Writing: a mistake is underlined and corrected, and the preview beside the file follows.
import assert from 'node:assert/strict';
import { it } from 'mocha';
import { journey } from '../../support/vscodeJourney.mjs';

const file = 'apps/web/base/deployment.yaml';

journey('write', { theme: 'light' }, (the) => {
  it('underlines a mistake and corrects it with one key', async () => {
    await the().openFile(file);
    // The first comparison of the words needs the server: wait for it.
    await the().statusItem('staging').waitFor({ timeout: 60_000 });
    await the().goTo(the().lineOf(file, 'replicas:'), 3);
    await the().page.keyboard.press('Control+Shift+ArrowRight');
    await the().page.keyboard.type('replcas');
    await the().page.locator('.squiggly-error').first().waitFor();
    await the().page.keyboard.press('ArrowLeft');
    await the().shot('squiggle');
    await the().page.keyboard.press('Control+.');
    await the().page.locator('.action-widget').getByText('replicas').first().waitFor();
    await the().shot('quick-fix');
    await the().page.keyboard.press('Enter');
    await the().page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    await the().page.keyboard.press('Control+Home');
  });

  it('opens the preview beside the file and follows the caret', async () => {
    await the().command('Plumbline: Open Preview to the Side');
    await the()
      .page.getByRole('tab', { name: /rendered\)\.yaml/ })
      .waitFor();
    await the().goTo(the().lineOf(file, 'replicas:'), 3);
    await the().page.locator('.editor-group-container').nth(1).locator('.cdr').first().waitFor();
    await the().shot('preview');
  });

  it('shows the source line of a clicked line', async () => {
    const rendered = the().page.locator('.editor-group-container').nth(1).locator('.view-line');
    await rendered.filter({ hasText: 'POD_IP' }).first().click();
    await the()
      .page.locator('.editor-group-container')
      .nth(0)
      .locator('.view-line', { hasText: 'POD_IP' })
      .first()
      .waitFor();
    await the().shot('preview-click');
  });

  it('keeps the last good text when rendering fails, and says where it fails', async () => {
    await the().page.locator('.editor-group-container').nth(0).locator('.view-line').first().click();
    await the().goTo(the().lineOf(file, 'metadata:'), 1);
    await the().page.keyboard.press('End');
    await the().page.keyboard.type(' {{!!!');
    await the()
      .page.getByText(/Rendering fails at /)
      .waitFor();
    await the().shot('preview-failing');
    assert.match(await the().text(), /last good rendering/);
    await the().command('File: Revert File');
    await the()
      .page.getByText(/Rendering fails at /)
      .waitFor({ state: 'detached' });
  });

  it('explains fields on hover', async () => {
    await the()
      .page.locator('.view-line span', { hasText: /^replicas$/ })
      .first()
      .hover();
    await the().page.locator('.monaco-hover-content').first().waitFor();
    await the().shot('hover');
  });
});
