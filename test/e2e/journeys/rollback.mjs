// Rolling back through Git: history, what would change, confirmation, a commit on a branch of its own.
import assert from 'node:assert/strict';
import { run } from '../../../scripts/lib/run.mjs';
import { it } from 'mocha';
import { journey } from '../../support/vscodeJourney.mjs';

journey('rollback', { theme: 'dark' }, (the) => {
  const git = (...args) => run('git', args, { cwd: the().folder }).then((text) => text.trim());
  let before;

  it('lists the commits of a source', async () => {
    await the().compare();
    before = { head: await git('rev-parse', 'HEAD'), status: await git('status', '--porcelain') };
    await the()
      .row(/^web, Flux Kustomization/)
      .first()
      .hover({ timeout: 60_000 });
    await the()
      .row(/^web, Flux Kustomization/)
      .first()
      .getByRole('button', { name: 'Show History' })
      .click();
    await the()
      .row(/^Storefront 2\.7\.0, /)
      .waitFor();
    await the().shot('history');
  });

  it('shows what a revision would change', async () => {
    await the()
      .row(/^Storefront 2\.7\.0, /)
      .click();
    await the().page.locator('.multiDiffEditor').first().waitFor();
    await the().shot('compare');
  });

  it('chooses a revision from the list', async () => {
    await the().command('Plumbline: Roll Back…');
    const rows = the().page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'Storefront 2.7.0' }).waitFor();
    await the().shot('choose');
    await the().page.locator('.quick-input-widget input[type=text]').fill('2.7.0');
    await rows.filter({ hasText: 'Storefront 2.8.0' }).waitFor({ state: 'detached' });
    await the().page.keyboard.press('Enter');
    await the().dialog.getByText('Roll web back?').waitFor({ timeout: 60_000 });
    await the().shot('confirm');
  });

  it('commits on a new branch and leaves the working tree alone', async () => {
    await the().dialog.getByRole('button', { name: 'Commit Rollback' }).click();
    await the()
      .toast(/Committed \w+ on branch/)
      .waitFor({ timeout: 60_000 });
    await the().shot('committed');
    const branches = (await git('branch', '--format=%(refname:short)')).split('\n');
    const branch = branches.find((name) => name !== 'main');
    assert.ok(branch, branches.join());
    assert.equal(await git('rev-parse', 'HEAD'), before.head);
    assert.equal(await git('status', '--porcelain'), before.status);
    assert.equal(await git('rev-parse', `${branch}~1`), before.head);
    assert.match(await git('diff', '--name-only', `${branch}~1`, branch), /^apps\/web\//m);
    assert.equal(await git('worktree', 'list', '--porcelain').then((t) => t.match(/^worktree /gm)?.length), 1);
  });

  it('offers the sync of the rolled back state, and asks for it as for any other', async () => {
    await the()
      .toast(/Committed/)
      .getByRole('button', { name: 'Sync to staging…' })
      .click();
    await the()
      .dialog.getByText(/^Sync \d+ objects? to staging\?/)
      .waitFor();
    await the()
      .dialog.getByText(/Commit [0-9a-f]{7} →/)
      .waitFor();
    await the().shot('confirm-sync');
    await the().dialog.getByRole('button', { name: 'Sync', exact: true }).click();
    await the()
      .toast(/Synced \d+ objects? in staging/)
      .waitFor({ timeout: 60_000 });
    await the().shot('synced');
    const live = await git('diff', '--', 'snapshots/staging/shop/apps.Deployment/web.yaml');
    assert.match(live, /^\+ +image: registry\.example\/shop\/web:2\.7\.0$/m);
  });
});
