// The views in every kind of theme: a picture of each, and what axe says of them.
import assert from 'node:assert/strict';
import { it } from 'mocha';
import { journey } from '../../support/vscodeJourney.mjs';

for (const theme of ['light', 'contrast', 'contrastLight']) {
  journey(`looks-${theme}`, { theme }, (the) => {
    it('shows drift, marks and diffs', async () => {
      await the().compare();
      await the()
        .row(/ · shop, drifted$/)
        .first()
        .waitFor();
      await the().page.mouse.move(900, 500);
      await the().shot('tree');
      assert.deepEqual(await the().accessibilityFaults('.composite.viewlet'), []);
      await the()
        .row(/ · shop, drifted$/)
        .first()
        .click();
      await the().page.locator('.monaco-diff-editor .line-delete').first().waitFor();
      await the().shot('diff');
    });

    it('shows the preview with the caret’s lines', async () => {
      await the().openFile('apps/web/base/deployment.yaml');
      await the().command('Plumbline: Open Preview to the Side');
      await the()
        .page.getByRole('tab', { name: /rendered\)\.yaml/ })
        .waitFor();
      await the().goTo(the().lineOf('apps/web/base/deployment.yaml', 'replicas:'), 3);
      await the().shot('preview');
    });

    it('lets the person tick what to sync', async () => {
      await the().command('Plumbline: Choose What to Sync');
      await the().page.getByText('Tick what to sync.').waitFor();
      await the()
        .row(/ · shop, drifted$/)
        .first()
        .getByRole('checkbox')
        .click();
      await the().page.getByText('1 object to sync').waitFor();
      await the().shot('choosing');
    });
  });
}
