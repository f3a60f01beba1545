// Rolls a source back through Git: revision → what changes → confirm → commit on a new branch → sync or pull request.
// The person's working tree is never touched.
import * as vscode from 'vscode';
import {
  historyRequest,
  rollbackRequest,
  type RevisionView,
  type RollbackPreview,
} from '../../../server/src/core/protocol';
import { revisionDescription } from '../history/model';
import type { SourceRef } from '../history/store';
import type { Host } from '../host';
import { plural, shortRevision } from '../text';
import { tellFailure, withNotification, type Command } from './command';
import { confirmAndExecute } from './execute';
import { openRollbackDiff, previewRollback, rollbackTitle } from './history';
import { pullRequestText, pullRequestUrl } from './pullRequest';
import { isRevisionNode, pickSource, sourceOf } from './targets';

const commit = 'Commit Rollback';
const reviewChanges = 'Review Changes';

export const rollBack: Command = {
  id: 'rollBack',
  needsTrust: true,
  async run(host, ...args) {
    const [arg] = args;
    const source = sourceOf(host, args) ?? host.history.source ?? (await pickSource(host, 'Roll Back'));
    if (source === undefined) {
      return;
    }
    const revision = isRevisionNode(arg) ? arg.revision.id : await pickRevision(host, source);
    const preview = revision === undefined ? undefined : await previewRollback(host, source, revision);
    if (preview) {
      await confirmRollback(host, source, preview);
    }
  },
};

type RevisionItem = vscode.QuickPickItem & { revision?: RevisionView };

/** The list of revisions: subject, commit, author and age; buttons open what would change and copy the commit's name. */
async function pickRevision(host: Host, source: SourceRef): Promise<string | undefined> {
  const compare: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('diff-multiple'),
    tooltip: 'Compare with Current',
  };
  const copy: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('copy'), tooltip: 'Copy Commit' };
  const pick = vscode.window.createQuickPick<RevisionItem>();
  pick.title = `Roll Back ${source.name}`;
  pick.placeholder = 'Filter by message, author or commit';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.busy = true;
  pick.show();
  try {
    const answer = await host.server.request(historyRequest, {
      folder: source.folder,
      source: source.source,
      limit: 200,
    });
    if ('failure' in answer) {
      await tellFailure(host, answer.failure.message);
      return undefined;
    }
    const now = Date.now();
    pick.items = answer.revisions.map((revision, i) => ({
      label: `$(git-commit) ${revision.subject}`,
      description: i === 0 ? 'newest' : '',
      detail: revisionDescription(revision, now),
      buttons: [compare, copy],
      revision,
    }));
    pick.busy = false;
    return await new Promise<string | undefined>((resolve) => {
      pick.onDidAccept(() => resolve(pick.selectedItems[0]?.revision?.id));
      pick.onDidHide(() => resolve(undefined));
      pick.onDidTriggerItemButton(({ item, button }) => {
        const id = item.revision?.id;
        if (id === undefined) {
          return;
        }
        if (button === copy) {
          void vscode.env.clipboard.writeText(id);
        } else {
          void previewRollback(host, source, id).then((p) => p && openRollbackDiff(host, source, p));
        }
      });
    });
  } finally {
    pick.dispose();
  }
}

async function confirmRollback(host: Host, source: SourceRef, preview: RollbackPreview): Promise<void> {
  const { revision, branch, files, objects } = preview;
  const counts = (['create', 'update', 'delete'] as const)
    .map((change) => ({ change, count: objects.filter((o) => o.change === change).length }))
    .filter(({ count }) => count > 0)
    .map(({ change, count }) => `${change} ${count}`);
  const detail = [
    `To: ${revision.subject} (${shortRevision(revision.id)}, ${revision.author})`,
    `Files: ${files.length <= 4 ? files.join(', ') : plural(files.length, 'file')}`,
    `Rendered objects: ${counts.length > 0 ? counts.join(', ') : 'no change'}`,
    '',
    `A commit on the new branch ${branch}: “${preview.message.split('\n')[0] ?? ''}”`,
    'Your working tree and branch stay as they are. Nothing is synced yet.',
  ].join('\n');
  const buttons = objects.length > 0 ? [commit, reviewChanges] : [commit];
  const answer = await host.dialogs.ask({ message: `Roll ${source.name} back?`, detail, buttons });
  if (answer === reviewChanges) {
    if (await openRollbackDiff(host, source, preview)) {
      const next = (): Promise<void> => confirmRollback(host, source, preview);
      host.review.begin(rollbackTitle(source, preview), `Roll ${source.name} back…`, next);
    }
  } else if (answer === commit) {
    await makeCommit(host, source, preview);
  }
}

async function makeCommit(host: Host, source: SourceRef, preview: RollbackPreview): Promise<void> {
  const { folder } = source;
  const environment = host.workspace.chosenIn(folder)?.environment;
  const answer = await withNotification(`Rolling ${source.name} back`, (token) =>
    host.server.request(
      rollbackRequest,
      { folder, preview: preview.id, ...(environment === undefined ? {} : { environment }) },
      token,
    ),
  );
  if (!('branch' in answer)) {
    await tellFailure(host, answer.failure.message);
    return;
  }
  const { branch, plan, failure, remote, base } = answer;
  host.log.info(`Rolled ${source.name} back to ${preview.revision.id}: commit ${answer.commit} on branch ${branch}`);
  if (failure) {
    host.log.warn(`The sync of ${branch} could not be planned: ${failure.message}`);
  }
  void host.history.load();
  const url = pullRequestUrl(remote, branch, base);
  const syncIt = `Sync to ${plan?.environment ?? ''}…`;
  const openPullRequest = 'Open Pull Request';
  const copyText = 'Copy Pull Request Text';
  const message = `Committed ${shortRevision(answer.commit)} on branch ${branch}. Your working tree is as it was.`;
  const buttons = [...(plan && plan.steps.length > 0 ? [syncIt] : []), ...(url ? [openPullRequest] : []), copyText];
  const chosen = await host.dialogs.tell('info', message, ...buttons);
  if (chosen === syncIt && plan) {
    await confirmAndExecute(host, folder, plan);
  } else if (chosen === openPullRequest && url) {
    await vscode.env.openExternal(vscode.Uri.parse(url));
  } else if (chosen === copyText) {
    await vscode.env.clipboard.writeText(pullRequestText(preview.message, branch, remote, url));
    void host.dialogs.tell('info', 'The pull request text and the push command are on the clipboard.');
  }
}
