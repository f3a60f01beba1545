// Shows a source's revisions in the History view, and what a revision would change.
import * as vscode from 'vscode';
import { rollbackPreviewRequest, type RollbackPreview } from '../../../server/src/core/protocol';
import { openDiffs, type DiffEntry } from '../diff/open';
import type { SourceRef } from '../history/store';
import type { Host } from '../host';
import { shortRevision } from '../text';
import { objectPath } from '../uris';
import { tellFailure, withNotification, type Command } from './command';
import { isRevisionNode, pickSource, sourceOf } from './targets';

export const showHistory: Command = {
  id: 'showHistory',
  async run(host, ...args) {
    const source = sourceOf(host, args) ?? (await pickSource(host, 'Show History'));
    if (source) {
      await host.history.show(source);
      await vscode.commands.executeCommand('plumbline.history.focus');
    }
  },
};

export const loadMoreHistory: Command = {
  id: 'loadMoreHistory',
  run: ({ history }) => history.more(),
};

export const compareRevision: Command = {
  id: 'compareRevision',
  async run(host, ...args) {
    const [arg] = args;
    if (!isRevisionNode(arg)) {
      await vscode.commands.executeCommand('plumbline.history.focus');
      return;
    }
    const preview = await previewRollback(host, arg.source, arg.revision.id);
    if (preview) {
      await openRollbackDiff(host, arg.source, preview);
    }
  },
};

/** What rolling back would change, rendered; undefined when it could not be said, which the person has been told. */
export async function previewRollback(
  host: Host,
  { folder, source, name }: SourceRef,
  revision: string,
): Promise<RollbackPreview | undefined> {
  const answer = await withNotification(`Rendering ${name} at ${shortRevision(revision)}`, (token) =>
    host.server.request(rollbackPreviewRequest, { folder, source, revision }, token),
  );
  if ('failure' in answer) {
    await tellFailure(host, answer.failure.message);
    return undefined;
  }
  return answer.preview;
}

export const rollbackTitle = (source: SourceRef, { revision }: RollbackPreview): string =>
  `${source.name}: now ↔ ${shortRevision(revision.id)}`;

/** Opens the rendered objects now and at the revision. False where there is nothing to show. */
export async function openRollbackDiff(host: Host, source: SourceRef, preview: RollbackPreview): Promise<boolean> {
  if (preview.objects.length === 0) {
    void host.dialogs.tell(
      'info',
      `${source.name} renders to the same objects now as at ${shortRevision(preview.revision.id)}.`,
    );
    return false;
  }
  const entries = preview.objects.map(({ key, before, after }): DiffEntry => {
    const path = objectPath(source.name, key);
    return {
      key,
      ...(before === undefined ? {} : { original: host.documents.keep(path, `${preview.id}:before`, before) }),
      ...(after === undefined ? {} : { modified: host.documents.keep(path, `${preview.id}:after`, after) }),
    };
  });
  return openDiffs(rollbackTitle(source, preview), entries);
}
