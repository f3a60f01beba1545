// Who a request is made as: client certificates, tokens, token files, credential programs and OpenID Connect, as a kubeconfig's
// user describes them. Programs run and identity providers are asked only when a request is about to be made.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { JsonObject, JsonValue } from '../core/json';
import { isObject } from '../core/json';
import type { Abort, Answer } from '../core/ports';
import { Cancelled } from '../core/ports';
import { onAbort } from './abort';

/** What goes with a request. Never logged, never part of a message. */
export interface Identity {
  headers: Record<string, string | string[]>;
  /** PEM. */
  cert?: string;
  key?: string;
}

/** Gives the identity; with `refresh`, a remembered one is thrown away first (the server refused it). */
export type Credentials = (options: { refresh: boolean }, abort?: Abort) => Promise<Answer<Identity>>;

export interface UserEntry {
  context: string;
  /** The `user` map of the kubeconfig. */
  user: JsonObject;
  /** Folder that relative paths start at. */
  folder: string;
  cert: string | undefined;
  key: string | undefined;
  /** The `cluster` map, for credential programs that want to see it. */
  cluster: JsonObject;
  env: NodeJS.ProcessEnv;
}

interface Remembered {
  identity: Identity;
  /** Milliseconds; after it the source is asked again. */
  until: number;
}

/** A credential program that waits for a person's login ends with this. */
const programTimeout = 60_000;
/** A token is renewed a little before it ends, so that it does not end on the way. */
const margin = 10_000;

export function createCredentials(entry: UserEntry): Credentials {
  let remembered: Remembered | undefined;
  /** Requests that start together share one question: eight logins in eight browser windows would be seven too many. */
  let asking: Promise<Answer<Remembered>> | undefined;

  return async ({ refresh }, abort) => {
    if (refresh) {
      remembered = undefined;
    }
    while (remembered === undefined || remembered.until < Date.now()) {
      const mine = asking === undefined;
      const question = (asking ??= ask(entry, abort));
      try {
        const answer = await question;
        if (!answer.ok) {
          return answer;
        }
        remembered = answer.value;
        return { ok: true, value: answer.value.identity };
      } catch (error) {
        // Who asked gave up; the others still want to know.
        if (mine || abort?.aborted === true) {
          throw error;
        }
      } finally {
        if (asking === question) {
          asking = undefined;
        }
      }
    }
    return { ok: true, value: remembered.identity };
  };
}

async function ask(entry: UserEntry, abort: Abort | undefined): Promise<Answer<Remembered>> {
  const { user } = entry;
  const headers = impersonation(user);
  const identity: Identity = {
    headers,
    ...(entry.cert === undefined ? {} : { cert: entry.cert }),
    ...(entry.key === undefined ? {} : { key: entry.key }),
  };
  const tokenFile = text(user.tokenFile);
  if (tokenFile !== undefined) {
    const whole = path.resolve(entry.folder, tokenFile);
    try {
      headers.authorization = `Bearer ${(await fs.readFile(whole, 'utf8')).trim()}`;
    } catch (error) {
      return refused(
        entry,
        `the token file ${whole} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
      );
    }
    // The file is renewed by others: read it again every minute, as client-go does.
    return { ok: true, value: { identity, until: Date.now() + 60_000 } };
  }
  const token = text(user.token);
  if (token !== undefined) {
    headers.authorization = `Bearer ${token}`;
    return { ok: true, value: { identity, until: Infinity } };
  }
  if (typeof user.username === 'string') {
    const pair = `${user.username}:${text(user.password) ?? ''}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    return { ok: true, value: { identity, until: Infinity } };
  }
  if (isObject(user.exec)) {
    return runProgram(entry, user.exec, identity, abort);
  }
  if (isObject(user['auth-provider'])) {
    return askProvider(entry, user['auth-provider'], identity);
  }
  return { ok: true, value: { identity, until: Infinity } };
}

/** `as`, `as-uid`, `as-groups`, `as-user-extra`: left out, a request would be made with more rights than the person chose. */
function impersonation(user: JsonObject): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const name = text(user.as);
  if (name !== undefined) {
    headers['impersonate-user'] = name;
  }
  const uid = text(user['as-uid']);
  if (uid !== undefined) {
    headers['impersonate-uid'] = uid;
  }
  const groups = strings(user['as-groups']);
  if (groups.length > 0) {
    headers['impersonate-group'] = groups;
  }
  const extra = user['as-user-extra'];
  for (const [key, value] of Object.entries(isObject(extra) ? extra : {})) {
    headers[`impersonate-extra-${encodeURIComponent(key)}`] = strings(value);
  }
  return headers;
}

/** Runs a credential program by the client.authentication.k8s.io protocol: a question in its environment, an answer on its output. */
async function runProgram(
  entry: UserEntry,
  exec: JsonObject,
  identity: Identity,
  abort: Abort | undefined,
): Promise<Answer<Remembered>> {
  const command = text(exec.command);
  const apiVersion = text(exec.apiVersion) ?? 'client.authentication.k8s.io/v1';
  if (command === undefined) {
    return refused(entry, 'its exec entry names no command');
  }
  const env: NodeJS.ProcessEnv = { ...entry.env };
  for (const variable of Array.isArray(exec.env) ? exec.env : []) {
    if (isObject(variable) && typeof variable.name === 'string' && typeof variable.value === 'string') {
      env[variable.name] = variable.value;
    }
  }
  const spec: JsonObject = { interactive: false };
  if (exec.provideClusterInfo === true) {
    const { server, 'certificate-authority-data': ca, 'tls-server-name': name } = entry.cluster;
    spec.cluster = {
      ...(server === undefined ? {} : { server }),
      ...(ca === undefined ? {} : { 'certificate-authority-data': ca }),
      ...(name === undefined ? {} : { 'tls-server-name': name }),
    };
  }
  env.KUBERNETES_EXEC_INFO = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
  // As in kubectl: a command with a separator is relative to the kubeconfig, a bare name is looked up on the PATH.
  const program = /[/\\]/.test(command) ? path.resolve(entry.folder, command) : command;
  const ended = await outputOf(program, strings(exec.args), env, abort);
  if (!ended.ok) {
    const hint = ended.missing ? text(exec.installHint)?.trim().split('\n')[0] : undefined;
    return refused(entry, `${command} ${ended.why}${hint === undefined ? '' : ` (${hint})`}`);
  }
  let status: JsonValue | undefined;
  try {
    const answer = JSON.parse(ended.output) as JsonValue;
    status = isObject(answer) ? answer.status : undefined;
  } catch {
    status = undefined;
  }
  if (!isObject(status)) {
    return refused(entry, `${command} did not print an ExecCredential with a status`);
  }
  const token = text(status.token);
  const cert = text(status.clientCertificateData);
  const key = text(status.clientKeyData);
  if (token === undefined && cert === undefined) {
    return refused(entry, `${command} gave neither a token nor a certificate`);
  }
  const until = Date.parse(text(status.expirationTimestamp) ?? '');
  return {
    ok: true,
    value: {
      identity: {
        headers: { ...identity.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
      },
      until: Number.isNaN(until) ? Infinity : until - margin,
    },
  };
}

type Ended = { ok: true; output: string } | { ok: false; why: string; missing: boolean };

/** Runs a program without a shell. Its standard output holds secrets and is only ever returned; the last line of its error output is told. */
function outputOf(program: string, args: string[], env: NodeJS.ProcessEnv, abort: Abort | undefined): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const out: Buffer[] = [];
    let errors = '';
    let tooSlow = false;
    child.stdout.on('data', (d: Buffer) => out.push(d));
    child.stderr.on('data', (d: Buffer) => (errors = (errors + d.toString()).slice(-4000)));
    const timer = setTimeout(() => {
      tooSlow = true;
      child.kill();
    }, programTimeout);
    const off = onAbort(abort, () => child.kill());
    const done = (ended: Ended): void => {
      clearTimeout(timer);
      off();
      if (abort?.aborted === true) {
        reject(new Cancelled());
      } else {
        resolve(ended);
      }
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT';
      done({ ok: false, why: missing ? 'is not installed' : `cannot be run (${error.code ?? 'error'})`, missing });
    });
    child.on('close', (code, signal) => {
      if (tooSlow) {
        done({ ok: false, why: `gave no answer within ${programTimeout / 1000} s`, missing: false });
      } else if (code === 0) {
        done({ ok: true, output: Buffer.concat(out).toString() });
      } else {
        const last = errors.trim().split('\n').at(-1)?.trim().slice(0, 300) ?? '';
        done({ ok: false, why: `ended with ${signal ?? code}${last === '' ? '' : `: ${last}`}`, missing: false });
      }
    });
  });
}

/** The older `auth-provider` entries; of these only OpenID Connect still exists in kubectl. The library is loaded only here. */
async function askProvider(entry: UserEntry, provider: JsonObject, identity: Identity): Promise<Answer<Remembered>> {
  const name = text(provider.name) ?? 'without a name';
  const config = provider.config;
  if (name !== 'oidc' || !isObject(config)) {
    return refused(
      entry,
      `its auth-provider ${name} is no longer part of Kubernetes; use the provider's credential program (exec)`,
    );
  }
  try {
    const { OpenIDConnectAuth } = await import('@kubernetes/client-node/dist/oidc_auth.js');
    const user = { name: entry.context, authProvider: { name, config: { ...config } } };
    const options: { headers: Record<string, string> } = { headers: {} };
    await new OpenIDConnectAuth().applyAuthentication(user, options);
    const authorization = options.headers.Authorization;
    if (authorization === undefined) {
      return refused(entry, 'its OpenID Connect token has ended and cannot be renewed');
    }
    const ends = OpenIDConnectAuth.expirationFromToken(authorization.slice('Bearer '.length)) * 1000;
    return {
      ok: true,
      value: {
        identity: { ...identity, headers: { ...identity.headers, authorization } },
        until: ends > 0 ? ends - margin : Infinity,
      },
    };
  } catch {
    // The library's text may quote the token endpoint's answer.
    return refused(entry, 'its OpenID Connect provider did not renew the token');
  }
}

function refused(entry: UserEntry, why: string): Answer<never> {
  return {
    ok: false,
    failure: {
      reason: 'unauthorized',
      message: `No credentials for context "${entry.context}": ${why}. Log in to the cluster again, then refresh.`,
    },
  };
}

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const strings = (value: JsonValue | undefined): string[] =>
  (Array.isArray(value) ? value : []).filter((item) => typeof item === 'string');
