// What breaks on another Kubernetes version, for each environment: a read-only document whose places open the files.
import * as vscode from 'vscode';
import { upgradeRequest } from '../../../server/src/core/protocol';
import type { Host } from '../host';
import { folderName } from '../text';
import { upgradeScheme } from '../uris';
import { withNotification, type Command } from './command';

interface Shown {
  text: string;
  links: vscode.DocumentLink[];
}

/** Reports by the text of their URI, and the providers that show them; registered at the first use. */
const shown = new Map<string, Shown>();
let changed: vscode.EventEmitter<vscode.Uri> | undefined;

export const showUpgrade: Command = {
  id: 'showUpgrade',
  async run(host) {
    const folders = (host.workspace.views ?? []).map((view) => view.folder);
    const [first] = folders;
    if (first === undefined) {
      await host.dialogs.tell('info', 'Nothing that is deployed was found in this workspace.');
      return;
    }
    const to = await chooseVersion(host, first);
    if (to === undefined) {
      return;
    }
    await withNotification(`What breaks on Kubernetes ${to}`, async (token) => {
      for (const folder of folders) {
        const { report } = await host.server.request(upgradeRequest, { folder, to }, token);
        if (report !== undefined) {
          await show(host, folder, to, {
            text: report.text,
            links: report.links.map(({ line, start, end, uri, at }) => {
              // The editor reads the place to go to from the fragment.
              const fragment = `L${at.line + 1},${at.character + 1}`;
              return new vscode.DocumentLink(
                new vscode.Range(line, start, line, end),
                vscode.Uri.parse(uri).with({ fragment }),
              );
            }),
          });
        }
      }
    });
  },
};

async function chooseVersion({ server }: Host, folder: string): Promise<string | undefined> {
  const { versions } = await server.request(upgradeRequest, { folder });
  const next = versions[0]?.replace(/\d+$/, (minor) => String(Number(minor) + 1));
  const items = [
    ...(next === undefined ? [] : [{ label: next, description: 'announced removals only' }]),
    ...versions.map((version, index) => ({ label: version, description: index === 0 ? 'newest known' : '' })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: 'What Breaks on Kubernetes…',
    placeHolder: 'The version that the clusters would run; nothing is contacted',
  });
  return picked?.label;
}

async function show(host: Host, folder: string, to: string, report: Shown): Promise<void> {
  changed ??= register(host.context);
  const uri = vscode.Uri.from({
    scheme: upgradeScheme,
    path: `/${folderName(folder)}: Kubernetes ${to}.md`,
    query: folder,
  });
  shown.set(uri.toString(), report);
  changed.fire(uri);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
}

function register({ subscriptions }: vscode.ExtensionContext): vscode.EventEmitter<vscode.Uri> {
  const emitter = new vscode.EventEmitter<vscode.Uri>();
  const { workspace, languages } = vscode;
  subscriptions.push(
    emitter,
    workspace.registerTextDocumentContentProvider(upgradeScheme, {
      onDidChange: emitter.event,
      provideTextDocumentContent: (uri) =>
        shown.get(uri.toString())?.text ?? 'Run "What Breaks on Kubernetes…" again to see this report.\n',
    }),
    languages.registerDocumentLinkProvider(
      { scheme: upgradeScheme },
      { provideDocumentLinks: ({ uri }) => shown.get(uri.toString())?.links ?? [] },
    ),
    workspace.onDidCloseTextDocument(({ uri }) => shown.delete(uri.toString())),
  );
  return emitter;
}
