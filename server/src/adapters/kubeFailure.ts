// What an API server's refusal means, as a typed failure. The server's own text may quote the object (a Secret's value in a
// validation error): only its reason, fields and rules pass through here, never a value.
import type { JsonObject, JsonValue } from '../core/json';
import { isObject } from '../core/json';
import type { Failure, FailureReason } from '../core/ports';
import type { Reply } from './kubeConnection';

/** What was tried, for messages: `List configmaps in namespace web`, and whether the server's words may quote a secret. */
export interface Attempt {
  what: string;
  context: string;
  /** True for Secrets and what holds them: then not even the rule's text passes. */
  secret?: boolean;
}

/** The parsed Status of a reply, or an empty one where the body is no Status (gateways and priority-and-fairness answer in plain text). */
export function statusOf(reply: Reply): JsonObject {
  try {
    const value = JSON.parse(reply.body.toString()) as JsonValue;
    return isObject(value) && value.kind === 'Status' ? value : {};
  } catch {
    return {};
  }
}

export function failureOf(reply: Reply, attempt: Attempt): Failure {
  const status = statusOf(reply);
  const details = isObject(status.details) ? status.details : {};
  const message = text(status.message);
  const at = `${attempt.what} in context "${attempt.context}"`;
  switch (reply.status) {
    case 400:
      return failure('invalid', `${at}: the server cannot read the object${told(message, attempt)}.`);
    case 401:
      return failure(
        'unauthorized',
        `${at}: the server does not accept the credentials (401); they may have expired. Log in to the cluster again, then refresh.`,
      );
    case 403:
      return forbidden(at, message, attempt);
    case 404:
      if (details.kind === 'namespaces') {
        return failure('not-found', `${at}: namespace ${text(details.name)} does not exist yet. Create it first.`);
      }
      return details.name === undefined
        ? failure(
            'unsupported',
            `${at}: the server does not serve this kind. Install its CustomResourceDefinition, or use an API version that it serves.`,
          )
        : failure('not-found', `${at}: it is not there.`);
    case 405:
    case 406:
    case 415:
      return failure('unsupported', `${at}: the server does not support this request (${reply.status}).`);
    case 409:
      return conflict(at, status, details);
    case 410:
      return failure('partial', `${at}: the list changed too fast to be read completely (410). Refresh again.`);
    case 413:
      return failure('invalid', `${at}: the object is larger than the server accepts.`);
    case 422:
      return invalid(at, details, attempt);
    case 429:
      return failure(
        'too-many-requests',
        `${at}: the server is busy (429) and stayed so. Wait a little, then refresh.`,
      );
    case 504:
      return failure('timeout', `${at}: the server gave up waiting (504). Refresh again.`);
    case 502:
    case 503:
      return failure(
        'unreachable',
        `${at}: the API server is not available (${reply.status}). Refresh when it is back.`,
      );
    case 500:
      return (
        typedPatch(at, message, attempt) ??
        webhook(at, message, attempt) ??
        failure('error', `${at}: the server failed (500)${told(message, attempt)}.`)
      );
    default:
      return failure('error', `${at}: the server answered ${reply.status}.`);
  }
}

function forbidden(at: string, message: string, attempt: Attempt): Failure {
  // `pods is forbidden: User "x" cannot list resource "pods" in API group "" in the namespace "y"`
  const rule = /User "([^"]*)" cannot (\S+) (?:resource|path) "([^"]*)"/.exec(message);
  if (rule) {
    return failure(
      'forbidden',
      `${at}: user ${rule[1]} may not ${rule[2]} ${rule[3]} (403). Ask for the permission, or choose a context that has it.`,
    );
  }
  if (/because it is being terminated/.test(message)) {
    return failure('forbidden', `${at}: the namespace is being deleted. Wait until it is gone.`);
  }
  return (
    webhook(at, message, attempt) ??
    failure('forbidden', `${at}: the server forbids it (403)${told(message, attempt)}.`)
  );
}

function conflict(at: string, status: JsonObject, details: JsonObject): Failure {
  const causes = causesOf(details).filter((c) => c.type === 'FieldManagerConflict');
  if (causes.length > 0) {
    const managers = [
      ...new Set(causes.map((c) => /conflict with "([^"]*)"/.exec(c.message)?.[1] ?? 'another manager')),
    ];
    return {
      ...failure(
        'conflict',
        `${at}: ${causes.length === 1 ? 'a field is' : `${causes.length} fields are`} owned by ${managers.join(', ')}. Take the fields over on purpose, or leave them out.`,
      ),
      causes: causes.map((c) => ({ ...c, message: c.message.replace(/\n[\s\S]*$/, '') })),
    };
  }
  return status.reason === 'AlreadyExists'
    ? failure('conflict', `${at}: it exists already.`)
    : failure('conflict', `${at}: it was changed since it was looked at. Refresh, then look at the difference again.`);
}

function invalid(at: string, details: JsonObject, attempt: Attempt): Failure {
  const causes = causesOf(details).map((c) => ({ ...c, message: withoutValue(c.message, attempt.secret === true) }));
  const first = causes[0];
  const more = causes.length > 1 ? ` and ${causes.length - 1} more` : '';
  return {
    ...failure(
      'invalid',
      `${at}: the server refuses the object${first === undefined ? '' : `: ${first.field}: ${first.message}${more}`}.`,
    ),
    ...(causes.length === 0 ? {} : { causes }),
  };
}

/** Server-side apply answers 500 without a reason for a manifest that does not fit the schema: that is the manifest's fault, not the server's. */
function typedPatch(at: string, message: string, attempt: Attempt): Failure | undefined {
  const fault =
    /failed to create (?:typed patch object|manager for existing fields|typed live object)[^:]*?\([^)]*\): ([\s\S]*)$/.exec(
      message,
    );
  if (!fault) {
    return undefined;
  }
  const causes: { field: string; message: string; type: string }[] = [];
  for (const line of (fault[1] ?? '').replace(/^errors:\n/, '').split('\n')) {
    const entry = /^\s*((?:\.|\[)\S*?(?:\[[^\]]*\]\S*?)*): (.*)$/.exec(line);
    if (entry) {
      const rule = (entry[2] ?? '').replace(/, got .*$/, '');
      causes.push({
        field: (entry[1] ?? '').replace(/^\./, ''),
        message: attempt.secret === true && !/^field not declared/.test(rule) ? 'does not fit the schema' : rule,
        type: /^field not declared/.test(rule) ? 'FieldValueForbidden' : 'FieldValueTypeInvalid',
      });
    }
  }
  const first = causes[0];
  return {
    ...failure(
      'invalid',
      `${at}: the manifest does not fit the schema${first === undefined ? '' : `: ${first.field}: ${first.message}`}.`,
    ),
    ...(causes.length === 0 ? {} : { causes }),
  };
}

function webhook(at: string, message: string, attempt: Attempt): Failure | undefined {
  const denied = /admission webhook "([^"]*)" denied the request(?::? ([\s\S]*))?$/.exec(message);
  if (denied) {
    const why = attempt.secret === true ? '' : oneLine(denied[2] ?? '');
    return failure('forbidden', `${at}: admission webhook ${denied[1]} refuses it${why === '' ? '' : `: ${why}`}.`);
  }
  const policy = /ValidatingAdmissionPolicy '([^']*)'[\s\S]*? denied request: ([\s\S]*)$/.exec(message);
  if (policy) {
    const why = attempt.secret === true ? '' : oneLine(policy[2] ?? '');
    return failure('invalid', `${at}: policy ${policy[1]} refuses it${why === '' ? '' : `: ${why}`}.`);
  }
  const unreachable = /failed calling webhook "([^"]*)"/.exec(message);
  return unreachable
    ? failure(
        'error',
        `${at}: the cluster's webhook ${unreachable[1]} does not answer. Ask who runs it, then try again.`,
      )
    : undefined;
}

/** The rule of a field error without the value it quotes: `Invalid value: "x": must be …` → `Invalid value: must be …`. */
export function withoutValue(message: string, secret: boolean): string {
  const kind = /^(Invalid value|Unsupported value|Duplicate value|Not found|Too long|Too many|Internal error)\b/.exec(
    message,
  )?.[1];
  if (kind === undefined) {
    // `Required value: …` and `Forbidden: …` quote nothing; anything unknown is held back for a Secret.
    const plain = /^(Required value|Forbidden)\b/.exec(message)?.[1];
    return secret ? (plain ?? 'the value is refused') : message;
  }
  if (secret) {
    return kind;
  }
  const rest = message.slice(kind.length).replace(/^: /, '');
  const rule = afterValue(rest);
  return rule === '' ? kind : `${kind}: ${rule}`;
}

/** What stands after the quoted text, number, or JSON at the start; nothing where its end cannot be told. */
function afterValue(text: string): string {
  const simple = /^(?:"(?:[^"\\]|\\.)*"|-?[\d.eE+]+|true|false|null)(?:: |$)/.exec(text);
  if (simple) {
    return text.slice(simple[0].length);
  }
  if (!/^[{["']/.test(text)) {
    // No value was quoted (`Too long: may not be more than 63 bytes`), or one without quotes, which ends at the last colon.
    if (/^(?:must|may|should) /.test(text)) {
      return text;
    }
    const colon = text.lastIndexOf(': ');
    return colon < 0 ? '' : text.slice(colon + 2);
  }
  const end = Math.max(text.lastIndexOf('}: '), text.lastIndexOf(']: '), text.lastIndexOf('": '));
  return end < 0 ? '' : text.slice(end + 3);
}

/** The server's own sentence, where it cannot hold a secret; cut to one line. */
function told(message: string, attempt: Attempt): string {
  const line = attempt.secret === true ? '' : oneLine(message);
  return line === '' ? '' : `: ${line}`;
}

function oneLine(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

function causesOf(details: JsonObject): { field: string; message: string; type: string }[] {
  return (Array.isArray(details.causes) ? details.causes : [])
    .filter(isObject)
    .map((c) => ({ field: text(c.field), message: text(c.message), type: text(c.reason) }));
}

export function failure(reason: FailureReason, message: string): Failure {
  return { reason, message };
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
