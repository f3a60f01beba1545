// Chooses the environment that previews, checks and drift are for. Contacts nothing.
import * as vscode from 'vscode';
import { countsText } from '../drift/model';
import { environmentKey, foundByText, targetText } from '../sources/model';
import { folderName, joined } from '../text';
import type { Command } from './command';

export const chooseEnvironment: Command = {
  id: 'chooseEnvironment',
  async run({ workspace, drift }) {
    const views = workspace.views ?? [];
    const chosen = workspace.chosen;
    const many = views.length > 1;
    const items = views.flatMap((view) =>
      view.environments.map((environment) => {
        const ref = { folder: view.folder, environment: environment.name };
        const report = drift.get(ref)?.report;
        const current = chosen !== undefined && environmentKey(chosen) === environmentKey(ref);
        return {
          label: `${current ? '$(check)' : '$(blank)'} ${environment.name}`,
          description: joined(
            report ? countsText(report.counts, report.failures.length) : 'not compared',
            environment.protected && 'protected',
            many && folderName(view.folder),
          ),
          detail: `$(blank) ${joined(targetText(environment), `Kubernetes ${environment.kubernetesVersion}`, foundByText(environment.foundBy))}`,
          ref,
        };
      }),
    );
    const picked = await vscode.window.showQuickPick(items, {
      title: 'Choose Environment',
      placeHolder: 'Previews, checks and drift are for this environment; choosing it contacts nothing',
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (picked) {
      await workspace.choose(picked.ref);
    }
  },
};
