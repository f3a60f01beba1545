// Cancellation at the edges: the core's two-member `Abort` tied to timers, sockets and processes without leaving listeners behind.
import type { Abort } from '../core/ports';
import { Cancelled } from '../core/ports';

/** Calls `listener` once when aborted, at once where that has happened already. Returns what takes the listener off again. */
export function onAbort(abort: Abort | undefined, listener: () => void): () => void {
  if (abort === undefined) {
    return () => undefined;
  }
  if (abort.aborted) {
    listener();
    return () => undefined;
  }
  abort.addEventListener('abort', listener);
  return () => {
    (abort as Partial<Pick<AbortSignal, 'removeEventListener'>>).removeEventListener?.('abort', listener);
  };
}

/** Rejects with `Cancelled` when the work is no longer wanted. */
export function throwIfAborted(abort: Abort | undefined): void {
  if (abort?.aborted === true) {
    throw new Cancelled();
  }
}

/** Waits; rejects with `Cancelled` when aborted meanwhile. */
export function delay(ms: number, abort?: Abort): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      off();
      resolve();
    }, ms);
    const off = onAbort(abort, () => {
      clearTimeout(timer);
      reject(new Cancelled());
    });
  });
}

/** A real `AbortSignal` for libraries that want one; it follows `abort` until `release` is called. */
export function signalOf(abort: Abort | undefined): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, release: onAbort(abort, () => controller.abort()) };
}
