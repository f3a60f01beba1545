// Plumbline's own requests, typed by the protocol: a handler that answers something else does not compile.
import type { Abort } from './core/ports';
import type { Notification, Request } from './core/protocol';
import { guarded } from './guard';
import type { Session } from './session';

export function on<P, R>(
  session: Session,
  request: Request<P, R>,
  handler: (params: P, abort: Abort) => Promise<R> | R,
): void {
  session.connection.onRequest(
    request.method,
    guarded<P, R>(session.log, request.method, async (params, abort) => {
      await session.ready;
      return handler(params, abort);
    }),
  );
}

export function notify<P>(session: Session, notification: Notification<P>, params: P): void {
  void session.connection.sendNotification(notification.method, params);
}
