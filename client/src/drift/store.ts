// Owns the comparisons: what each environment's last one said. Compares only when `refresh` is called, which only a person causes.
import * as vscode from 'vscode';
import { driftChanged, driftRequest } from '../../../server/src/core/protocol';
import type { LanguageServer } from '../languageClient';
import { environmentKey, type EnvironmentRef } from '../sources/model';
import { countsText, type Comparison } from './model';

export class DriftStore implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<EnvironmentRef | undefined>();
  /** Fires with the environment concerned; undefined: any of them. */
  readonly onDidChange = this.changed.event;
  private readonly byEnvironment = new Map<string, Comparison>();
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly server: LanguageServer,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions = vscode.Disposable.from(
      // A new server knows of no comparison.
      server.onReady(() => {
        if (this.byEnvironment.size > 0) {
          this.byEnvironment.clear();
          this.changed.fire(undefined);
        }
      }),
      server.on(driftChanged, (ref) => void this.load(ref)),
    );
  }

  get comparisons(): readonly Comparison[] {
    return [...this.byEnvironment.values()];
  }

  get(ref: EnvironmentRef): Comparison | undefined {
    return this.byEnvironment.get(environmentKey(ref));
  }

  /** Compares an environment with its target. The first thing that may contact a cluster. */
  async refresh(ref: EnvironmentRef, token?: vscode.CancellationToken): Promise<Comparison | undefined> {
    const before = this.get(ref);
    this.set({ ...ref, ...(before?.report ? { report: before.report } : {}), state: 'comparing' });
    this.log.info(`Comparing ${ref.environment}`);
    try {
      const answer = await this.server.request(driftRequest, { ...ref, refresh: true }, token);
      const comparison = this.take(ref, answer, before);
      const { report, failure } = comparison;
      if (failure) {
        this.log.warn(`${ref.environment} could not be compared (${failure.reason}): ${failure.message}`);
      } else if (report) {
        this.log.info(
          `${ref.environment} compared with ${report.target}: ${countsText(report.counts, report.failures.length)}`,
        );
      }
      return comparison;
    } catch (error) {
      this.restore(ref, before);
      if (error instanceof vscode.CancellationError) {
        this.log.info(`Comparing ${ref.environment} was cancelled`);
        return undefined;
      }
      throw error;
    }
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.changed.dispose();
  }

  /** Takes over what the server knows already; contacts nothing. */
  private async load(ref: EnvironmentRef): Promise<void> {
    try {
      const answer = await this.server.request(driftRequest, { ...ref, refresh: false });
      // While a comparison runs, its own answer is the one to show.
      if (this.get(ref)?.state !== 'comparing' && (answer.report || answer.failure)) {
        this.take(ref, answer, this.get(ref));
      }
    } catch (error) {
      if (!(error instanceof vscode.CancellationError)) {
        this.log.error(`The comparison of ${ref.environment} could not be read: ${String(error)}`);
      }
    }
  }

  private take(
    ref: EnvironmentRef,
    { report, failure }: Pick<Comparison, 'report' | 'failure'>,
    before: Comparison | undefined,
  ): Comparison {
    const last = report ?? before?.report;
    const comparison: Comparison = {
      folder: ref.folder,
      environment: ref.environment,
      state: failure ? 'failed' : 'compared',
      ...(last ? { report: last } : {}),
      ...(failure ? { failure } : {}),
    };
    this.set(comparison);
    return comparison;
  }

  private restore(ref: EnvironmentRef, before: Comparison | undefined): void {
    if (before) {
      this.set(before);
    } else {
      this.byEnvironment.delete(environmentKey(ref));
      this.changed.fire(ref);
    }
  }

  private set(comparison: Comparison): void {
    this.byEnvironment.set(environmentKey(comparison), comparison);
    this.changed.fire(comparison);
  }
}
