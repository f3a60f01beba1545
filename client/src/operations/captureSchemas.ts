// Asks a cluster, once and because a person says so, for what decides what it accepts; afterwards checks need no cluster.
import * as vscode from 'vscode';
import { captureSchemasRequest, clusterContextsRequest } from '../../../server/src/core/protocol';
import type { Host } from '../host';
import { folderName, joined, plural } from '../text';
import { tellFailure, withNotification, type Command } from './command';

export const captureSchemas: Command = {
  id: 'captureSchemas',
  needsTrust: true,
  async run(host) {
    const folder = await folderOf(host);
    const context = folder === undefined ? undefined : await contextOf(host, folder);
    if (folder === undefined || context === undefined) {
      return;
    }
    const place = await placeOf(context);
    if (place === undefined) {
      return;
    }
    const answer = await withNotification(`Capturing schemas of ${context}`, (token) =>
      host.server.request(captureSchemasRequest, { folder, context, ...place }, token),
    );
    if ('failure' in answer) {
      await tellFailure(host, answer.failure.message);
      return;
    }
    // The cluster's version is that of its environments now.
    await host.workspace.load();
    const { version, definitions, environments, notes, named } = answer;
    const used = environments.join(', ');
    const next =
      used === ''
        ? `Nothing is checked with it yet: no environment has ${context} as its target.`
        : named || place.to === undefined
          ? `Used from now on for ${used}.`
          : `Name ${place.to} under "schemas" in .plumbline.yaml, and it is used for ${used}.`;
    const message = `Captured ${context}: Kubernetes ${version}, ${plural(definitions, 'custom kind')}. ${next}`;
    host.log.info([message, ...notes].join(' '));
    const open = 'Open Configuration';
    const offers = used === '' || !named ? [open] : [];
    const text = notes.length === 0 ? message : `${message} ${notes.join(' ')}`;
    if ((await host.dialogs.tell('info', text, ...offers)) === open) {
      await vscode.commands.executeCommand('plumbline.createConfiguration');
    }
  },
};

async function folderOf({ workspace }: Host): Promise<string | undefined> {
  const folders = (workspace.views ?? []).map(({ folder }) => folder);
  if (folders.length < 2) {
    return folders[0];
  }
  const items = folders.map((folder) => ({ label: folderName(folder), folder }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Capture Schemas: Repository' });
  return picked?.folder;
}

async function contextOf(host: Host, folder: string): Promise<string | undefined> {
  const answer = await host.server.request(clusterContextsRequest, { folder });
  if ('failure' in answer) {
    await tellFailure(host, answer.failure.message);
    return undefined;
  }
  // Those that environments are deployed to come first: theirs are the checks that change.
  const contexts = [...answer.contexts].sort(
    (a, b) => Number(b.environments.length > 0) - Number(a.environments.length > 0),
  );
  const items = contexts.map(({ name, server, environments, capturedAt }) => ({
    label: name,
    description: joined(environments.length > 0 && `target of ${environments.join(', ')}`, server),
    ...(capturedAt === undefined ? {} : { detail: `Captured ${new Date(capturedAt).toLocaleString()}` }),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Capture Schemas from Cluster',
    placeHolder: 'The cluster to read version, kinds and definitions of; nothing is written to it',
    matchOnDescription: true,
  });
  return picked?.label;
}

async function placeOf(context: string): Promise<{ to?: string } | undefined> {
  const inRepository = 'In the repository';
  const picked = await vscode.window.showQuickPick(
    [
      { label: 'On this machine', detail: 'For you alone, in the cache of Plumbline' },
      { label: inRepository, detail: 'For everybody: a folder named under "schemas" in .plumbline.yaml' },
    ],
    { title: `Capture Schemas of ${context}: Where to Keep Them` },
  );
  if (picked?.label !== inRepository) {
    return picked === undefined ? undefined : {};
  }
  const to = await vscode.window.showInputBox({
    title: `Capture Schemas of ${context}`,
    prompt: 'Folder in the repository to write to.',
    value: `schemas/${context.replace(/[^\w.-]+/g, '-')}`,
    validateInput: (value) =>
      value.trim() === '' || value.startsWith('/') || value.split('/').includes('..')
        ? 'A folder below the repository, for example schemas/production.'
        : undefined,
  });
  return to === undefined ? undefined : { to: to.trim() };
}
