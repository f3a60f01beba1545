// Writing a manifest: completion with its places to fill in, the hover, the menu of fixes, formatting on request.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { it } from 'mocha';
import { journey } from '../../support/vscodeJourney.mjs';

const file = 'apps/web/base/deployment.yaml';
const fresh = 'apps/web/base/new.yaml';

/** Asks for completion until a row with a text is listed: the first requests may come before the server is ready. */
async function listed(the, text) {
  const row = the.page.locator('.suggest-widget.visible .monaco-list-row').filter({ hasText: text }).first();
  for (let i = 0; ; i++) {
    await the.page.keyboard.press('Control+Space');
    try {
      await row.waitFor({ timeout: 4000 });
      return row;
    } catch (error) {
      if (i === 10) {
        throw error;
      }
      await the.page.keyboard.press('Escape');
    }
  }
}

journey('editing', {}, (the) => {
  it('offers whole objects in an empty file and fills the first place', async () => {
    fs.writeFileSync(path.join(the().folder, fresh), '');
    await the().openFile(fresh);
    await the().page.locator('.monaco-editor .view-line').first().click();
    await the().page.keyboard.type('Serv');
    const row = await listed(the(), 'a name and ports for pods');
    await the().shot('whole-object');
    await row.click();
    await the().page.getByText('targetPort').first().waitFor();
    await the().page.keyboard.type('checkout');
    await the().shot('filled-in');
    assert.match(await the().text(), /app\.kubernetes\.io\/name:\s*checkout/);
    await the().page.keyboard.press('Escape');
  });

  it('offers fields, required ones first, with documentation', async () => {
    await the().openFile(file);
    await the().goTo(the().lineOf(file, '- name: web'), 1);
    await the().page.keyboard.press('End');
    await the().page.keyboard.press('Enter');
    await the().page.keyboard.type('  ');
    await listed(the(), 'command');
    await the().shot('all-fields');
    await the().page.keyboard.type('liv');
    await the().page.locator('.suggest-widget.visible .monaco-list-row').filter({ hasText: 'livenessProbe' }).waitFor();
    await the().shot('one-field');
    await the().page.keyboard.press('Escape');
    await the().command('File: Revert File');
  });

  it('explains a field and what it becomes', async () => {
    await the().openFile(file);
    await the().goTo(the().lineOf(file, 'image:'), 13);
    const becomes = the()
      .page.locator('.monaco-hover:visible')
      .filter({ hasText: /In (staging|production):/ });
    // The renderer may still be starting: the hover is asked for until it knows what the image becomes.
    for (let i = 0; i < 30 && (await becomes.count()) === 0; i++) {
      await the().page.keyboard.press('Escape');
      await the().page.keyboard.press('Control+K');
      await the().page.keyboard.press('Control+I');
      await the().page.waitForTimeout(700);
    }
    await the().shot('hover');
    assert.match(await becomes.first().innerText(), /registry\.example\/shop\/web:\d/);
    await the().page.keyboard.press('Escape');
  });

  it('shows the fixes of a finding, the surest first', async () => {
    await the().goTo(the().lineOf(file, 'replicas:'), 3);
    await the().page.keyboard.type('X');
    await the().page.locator('.squiggly-error').first().waitFor();
    await the().page.keyboard.press('Control+.');
    await the().page.locator('.action-widget').getByText('Change to "replicas"').waitFor();
    await the().shot('quick-fixes');
    await the().page.keyboard.press('Escape');
    await the().command('File: Revert File');
  });
});
