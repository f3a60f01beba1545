// Where there is little to show: each empty state says the next step.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { it } from 'mocha';
import { journey } from '../../support/vscodeJourney.mjs';

const write = (folder, files) => {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
};
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: b\n';

journey('empty-no-sources', { make: (folder) => write(folder, { 'README.md': '# Nothing yet\n' }) }, (the) => {
  it('says that nothing was found, and what would be', async () => {
    await the().showPlumbline();
    await the().page.getByText('Nothing here deploys to Kubernetes yet').first().waitFor({ timeout: 60_000 });
    await the().shot('welcome');
  });
});

const kustomization = { 'web/kustomization.yaml': 'resources:\n  - a.yaml\n', 'web/a.yaml': configMap };

journey('empty-no-environment', { make: (folder) => write(folder, kustomization) }, (the) => {
  it('says what an environment is and begins the file that describes it', async () => {
    await the().showPlumbline();
    await the().page.getByRole('button', { name: 'Describe an Environment' }).click({ timeout: 60_000 });
    await the().page.getByText('environments:').first().waitFor();
    await the().shot('configuration');
  });

  it('says why there is no history', async () => {
    await the().page.getByRole('button', { name: 'Choose Source' }).click();
    await the().page.locator('.quick-input-list .monaco-list-row', { hasText: 'web' }).first().waitFor();
    await the().page.keyboard.press('Enter');
    await the().page.getByText(/Git/).first().waitFor();
    await the().shot('no-git');
  });
});

journey('empty-restricted', { trust: false }, (the) => {
  it('contacts nothing in Restricted Mode, and says so', async () => {
    await the().showPlumbline();
    await the().page.getByText('In Restricted Mode Plumbline contacts no cluster').waitFor({ timeout: 60_000 });
    await the()
      .row(/^web, Flux Kustomization/)
      .first()
      .waitFor();
    assert.equal(await the().page.getByRole('button', { name: 'Compare with Live State' }).count(), 0);
    await the().shot('restricted');
  });
});

journey('empty-no-folder', { folder: false }, (the) => {
  it('offers to open a folder', async () => {
    await the().showPlumbline();
    await the().page.getByRole('button', { name: 'Open Folder' }).first().waitFor();
    await the().shot('no-folder');
  });
});
