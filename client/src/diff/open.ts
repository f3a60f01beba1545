// Opens diffs: one object in the diff editor, many in the multi-file diff. Always live on the left and desired on the right,
// so that what is added or removed is what a sync would add or remove.
import * as vscode from 'vscode';
import { label, type ObjectRef, type ResourceKey } from '../../../server/src/core/protocol';
import type { Host } from '../host';
import { objectUri } from '../uris';
import { pagesOf } from './pages';

/** One object of a multi-file diff; a missing side is shown as an added or a removed file. */
export interface DiffEntry {
  key: ResourceKey;
  original?: vscode.Uri;
  modified?: vscode.Uri;
}

export async function openObjectDiff(host: Host, ref: ObjectRef): Promise<void> {
  const texts = await host.documents.texts(ref);
  if (texts === null) {
    void host.dialogs.tell(
      'info',
      `${label(ref.key)} is not part of the last comparison of ${ref.environment}: refresh the drift.`,
    );
    return;
  }
  const note = texts.live === undefined ? ', missing live' : texts.desired === undefined ? ', not in Git' : '';
  await vscode.commands.executeCommand(
    'vscode.diff',
    objectUri({ ...ref, side: 'live' }),
    objectUri({ ...ref, side: 'desired' }),
    `${ref.key.name} (${ref.key.kind}, live ${ref.environment} ↔ Git${note})`,
    { preview: true } satisfies vscode.TextDocumentShowOptions,
  );
}

/** The two sides of an object in the last comparison; `only` names the one side that has it. */
export function entryOf(ref: ObjectRef, only?: 'live' | 'desired'): DiffEntry {
  return {
    key: ref.key,
    ...(only === 'desired' ? {} : { original: objectUri({ ...ref, side: 'live' }) }),
    ...(only === 'live' ? {} : { modified: objectUri({ ...ref, side: 'desired' }) }),
  };
}

/** Opens the multi-file diff; where the objects are too many for one, the person chooses a page. False when they did not. */
export async function openDiffs(title: string, entries: readonly DiffEntry[]): Promise<boolean> {
  const pages = pagesOf(entries, (entry) => label(entry.key));
  const page =
    pages.length <= 1
      ? pages[0]
      : (
          await vscode.window.showQuickPick(
            pages.map((p) => ({ label: p.title, page: p })),
            { title, placeHolder: 'The objects are too many to show at once: choose a part' },
          )
        )?.page;
  if (page === undefined) {
    return false;
  }
  const resources = page.items.map(({ original, modified }) => [modified ?? original, original, modified]);
  await vscode.commands.executeCommand('vscode.changes', title, resources);
  return true;
}
