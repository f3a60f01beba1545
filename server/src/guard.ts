// Runs one request handler: cancelled before or after the work is an answer, a bug costs one answer and is logged, never the server.
import { LSPErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver';
import { Cancelled, type Abort, type Log } from './core/ports';

/** The token of a request as the core's Abort. */
export function abortOf(token: CancellationToken): Abort {
  return {
    get aborted() {
      return token.isCancellationRequested;
    },
    addEventListener(_type, listener) {
      token.onCancellationRequested(listener);
    },
  };
}

const cancelled = (): ResponseError<void> => new ResponseError<void>(LSPErrorCodes.RequestCancelled, 'cancelled');

/**
 * Wraps a handler. `fallback` is answered when it throws: use it for requests whose failure a person need not see (a hover); without
 * one the failure is sent, and the client shows it.
 */
export function guarded<P, R>(
  log: Log,
  name: string,
  handler: (params: P, abort: Abort) => Promise<R> | R,
  fallback?: R,
): (params: P, token: CancellationToken) => Promise<R | ResponseError<void>> {
  return async (params, token) => {
    if (token.isCancellationRequested) {
      return cancelled();
    }
    try {
      const result = await handler(params, abortOf(token));
      return token.isCancellationRequested ? cancelled() : result;
    } catch (error) {
      if (error instanceof Cancelled || token.isCancellationRequested) {
        return cancelled();
      }
      // A refusal with its words is an answer.
      if (error instanceof ResponseError) {
        return error as ResponseError<void>;
      }
      log.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      if (fallback !== undefined) {
        return fallback;
      }
      throw error;
    }
  };
}
