// The language server's life: started at its first need, restarted one at a time, stopped with the window. The library that speaks
// the protocol is large and stands in its own bundle, which is loaded only when the server starts.
import * as vscode from 'vscode';
import type { Notification, Request } from '../../server/src/core/protocol';
import type { Connection } from './lspConnection';

export interface LanguageServer extends vscode.Disposable {
  /** Fires each time a server has become ready, also after a restart: whatever was known of the old one is gone. */
  readonly onReady: vscode.Event<void>;
  /** Fires when the server cannot start or does not stay up. */
  readonly onFailure: vscode.Event<string>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Starts the server where needed. Rejects with a CancellationError when cancelled. */
  request<P, R>(request: Request<P, R>, params: P, token?: vscode.CancellationToken): Promise<R>;
  on<P>(notification: Notification<P>, listener: (params: P) => void): vscode.Disposable;
}

export class LanguageServerProcess implements LanguageServer {
  private readonly ready = new vscode.EventEmitter<void>();
  private readonly failure = new vscode.EventEmitter<string>();
  readonly onReady = this.ready.event;
  readonly onFailure = this.failure.event;

  private connection: Connection | undefined;
  /** Starts and stops queue behind each other, so that never two servers run. */
  private queue: Promise<void> = Promise.resolve();
  private waitingRestart: Promise<void> | undefined;
  private disposed = false;
  private readonly listeners = new Map<string, Set<(params: unknown) => void>>();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  start(): Promise<void> {
    return this.connection?.running ? Promise.resolve() : this.enqueue(() => this.connect());
  }

  /** Restarts that are asked for while one waits are the same restart. */
  restart(): Promise<void> {
    this.waitingRestart ??= this.enqueue(async () => {
      this.waitingRestart = undefined;
      await this.disconnect();
      await this.connect();
    });
    return this.waitingRestart;
  }

  async request<P, R>(request: Request<P, R>, params: P, token?: vscode.CancellationToken): Promise<R> {
    await this.start();
    if (this.connection === undefined || token?.isCancellationRequested) {
      throw new vscode.CancellationError();
    }
    return (await this.connection.request(request.method, params, token)) as R;
  }

  on<P>(notification: Notification<P>, listener: (params: P) => void): vscode.Disposable {
    const { method } = notification;
    const of = this.listeners.get(method) ?? new Set();
    this.listeners.set(method, of);
    const entry = (params: unknown): void => listener(params as P);
    of.add(entry);
    this.connection?.on(method, (params) => this.deliver(method, params));
    return new vscode.Disposable(() => of.delete(entry));
  }

  dispose(): void {
    this.disposed = true;
    void this.enqueue(() => this.disconnect());
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    const next = this.queue.then(work);
    this.queue = next.catch(() => undefined);
    return next;
  }

  private async connect(): Promise<void> {
    if (this.disposed || this.connection?.running) {
      return;
    }
    const started = Date.now();
    try {
      const { connect } = await import('./lspConnection.js');
      this.connection = await connect(this.context, this.log, {
        ready: () => this.ready.fire(),
        stopped: (message) => this.failure.fire(message),
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.log.error(`The language server could not start: ${message}`);
      this.failure.fire(message);
      throw error;
    }
    for (const method of this.listeners.keys()) {
      this.connection.on(method, (params) => this.deliver(method, params));
    }
    this.log.info(`Language server ready after ${Date.now() - started} ms`);
    this.ready.fire();
  }

  private async disconnect(): Promise<void> {
    const connection = this.connection;
    this.connection = undefined;
    await connection?.stop();
  }

  private deliver(method: string, params: unknown): void {
    for (const listener of this.listeners.get(method) ?? []) {
      listener(params);
    }
  }
}
