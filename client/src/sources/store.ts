// Owns what the server says about sources and environments, and which environment is chosen in which repository.
import * as vscode from 'vscode';
import { chooseEnvironmentRequest, workspaceRequest, type WorkspaceView } from '../../../server/src/core/protocol';
import type { LanguageServer } from '../languageClient';
import { initialEnvironment } from '../settings';
import { findEnvironment, folderOf, type EnvironmentRef } from './model';

export class WorkspaceStore implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private current: readonly WorkspaceView[] | undefined;
  private failed: string | undefined;
  /** Answers of requests that were overtaken are dropped. */
  private asked = 0;
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly server: LanguageServer,
    private readonly memento: vscode.Memento,
  ) {
    this.subscriptions = vscode.Disposable.from(
      server.onReady(() => void this.load()),
      server.onFailure((message) => {
        this.failed = message;
        this.changed.fire();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.changed.fire()),
    );
  }

  /** Undefined until the server has answered once. */
  get views(): readonly WorkspaceView[] | undefined {
    return this.current;
  }
  /** Why nothing is known, where the server could not start. */
  get failure(): string | undefined {
    return this.failed;
  }

  async load(): Promise<void> {
    const asked = ++this.asked;
    try {
      const { folders } = await this.server.request(workspaceRequest, {});
      if (asked !== this.asked) {
        return;
      }
      this.failed = undefined;
      this.current = folders;
      this.changed.fire();
      await Promise.all(folders.map((view) => this.restore(view)));
    } catch (error) {
      if (!(error instanceof vscode.CancellationError) && asked === this.asked) {
        this.failed = error instanceof Error ? error.message : String(error);
        this.changed.fire();
      }
    }
  }

  /** Chooses an environment for previews, checks and drift; contacts nothing. */
  async choose(ref: EnvironmentRef): Promise<void> {
    const view = await this.server.request(chooseEnvironmentRequest, ref);
    this.asked++;
    this.current = this.current?.map((v) => (v.folder === view.folder ? view : v));
    await this.memento.update(mementoKey(ref.folder), ref.environment);
    this.changed.fire();
  }

  /** The repository that the person is in: that of the active editor, else the first one with environments. */
  get activeFolder(): WorkspaceView | undefined {
    const views = this.current ?? [];
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    const here = uri === undefined ? undefined : folderOf(views, uri);
    return here ?? views.find((v) => v.environments.length > 0) ?? views[0];
  }

  /** The environment that commands without an argument are for. */
  get chosen(): EnvironmentRef | undefined {
    return chosenOf(this.activeFolder);
  }

  /** The environment chosen in a repository. */
  chosenIn(folder: string): EnvironmentRef | undefined {
    return chosenOf(this.current?.find((v) => v.folder === folder));
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.changed.dispose();
  }

  /** Chooses what was chosen in this repository before, else what the setting names. */
  private async restore(view: WorkspaceView): Promise<void> {
    const wanted =
      this.memento.get<string>(mementoKey(view.folder)) || initialEnvironment(vscode.Uri.parse(view.folder));
    const ref = { folder: view.folder, environment: wanted };
    if (wanted && wanted !== view.environment && findEnvironment([view], ref)) {
      await this.choose(ref);
    }
  }
}

function chosenOf(view: WorkspaceView | undefined): EnvironmentRef | undefined {
  const environment = view?.environment ?? view?.environments[0]?.name;
  return view === undefined || environment === undefined ? undefined : { folder: view.folder, environment };
}

const mementoKey = (folder: string): string => `environment:${folder}`;
