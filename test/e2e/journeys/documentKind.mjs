// What a document is: the status bar says it, a click says why, and a choice leads to the place; the hover on its kind says the same.
import assert from 'node:assert/strict';
import { it } from 'mocha';
import { journey } from '../../support/vscodeJourney.mjs';

for (const theme of ['dark', 'light']) {
  journey(`document-kind-${theme}`, { theme }, (the) => {
    const item = () =>
      the()
        .page.locator(
          '[id="plumbline.plumbline.plumbline.documentKind"], .statusbar-item[aria-label*="kind of document"]',
        )
        .first();

    it('says what a patch is, and why', async () => {
      await the().openFile('apps/web/overlays/production/resources.yaml');
      await item().waitFor();
      await the().shot('status');
      await item().click();
      await the().page.locator('.quick-input-list .monaco-list-row', { hasText: 'names it as a patch' }).waitFor();
      await the().shot('why');
      await the().page.locator('.quick-input-list .monaco-list-row', { hasText: 'names it as a patch' }).click();
      await the()
        .page.getByRole('tab', { name: /kustomization\.yaml/ })
        .waitFor();
      await the().page.locator('.statusbar-item[aria-label^="kustomization, kind of document"]').waitFor();
    });

    it('says it at the top of the hover on the kind', async () => {
      await the().openFile('apps/web/overlays/production/resources.yaml');
      await the().goTo(2, 8);
      await the().command('Show or Focus Hover');
      await the().page.locator('.monaco-hover', { hasText: 'strategic-merge patch' }).first().waitFor();
      await the().shot('hover');
    });

    it('has an accessible item', async () => {
      assert.deepEqual(await the().accessibilityFaults('.statusbar-item[aria-label*="kind of document"]'), []);
    });
  });
}
