// Compares an environment: renders what Git says, reads what is live, decides. The command line and the editor both come through here.
import path from 'node:path';
import { fingerprint } from '../adapters/fingerprint';
import { readRemotes } from '../adapters/gitConfig';
import { isWritable, openTarget } from '../adapters/targets';
import type { Comparison } from '../core/drift/comparison';
import { compareWithLive, drift } from '../core/drift/environment';
import type { Abort, Answer, Failure, FileTree, Target, WritableTarget } from '../core/ports';
import { renderSource } from '../core/render/renderSource';
import type { Rendering } from '../core/render/rendering';
import { repositoryName } from '../core/workspace/repositoryMatch';
import type { Environment, Workspace } from '../core/workspace/source';
import type { Services } from '../services';
import { now, pause } from './ports';

export interface CompareOptions {
  /** Default: the working tree with unsaved text. */
  tree?: FileTree;
  /** Commit that `tree` holds. */
  revision?: string;
  /** `--kubeconfig`, or the setting. */
  kubeconfig?: string | undefined;
  /** Kubernetes version where the environment names none. */
  kubernetesVersion?: string | undefined;
  /** Used again where given: an open target keeps its connection. */
  target?: Target;
  progress?: (text: string) => void;
  /** Work of one purpose overtakes only its own: a refresh is not ended by an edit. Default: `compare`. */
  purpose?: string;
  abort?: Abort;
}

/** What an operation starts from. Never leaves the process. */
export interface Compared {
  environment: Environment;
  comparison: Comparison;
  renderings: Rendering[];
  target: Target | WritableTarget;
  /** `<environment>@<repository>`: the owner that a sync records. */
  record: string;
}

/** Opens the target of an environment; says what to do where it has none. */
export async function openEnvironment(
  services: Services,
  environment: Environment,
  options: CompareOptions = {},
): Promise<Answer<Target | WritableTarget>> {
  if (!services.trusted) {
    return failed(
      'forbidden',
      'This workspace is not trusted: nothing is compared with a cluster or a snapshot until it is.',
    );
  }
  if (environment.target === undefined) {
    const message = `Nobody has said what ${environment.name} is compared with. Give it a target in .plumbline.yaml: a kubeconfig context, a snapshot folder or a revision.`;
    return failed('unsupported', message);
  }
  return openTarget(environment.target, {
    root: services.root,
    log: services.log,
    validator: () => services.engines().validator,
    schemas: () => services.schemas(),
    kubeconfig: options.kubeconfig === '' ? undefined : options.kubeconfig,
    renderAt: async (revision, abort) => {
      const at = await services.repository().at(revision, abort);
      if (!at.ok) {
        return at;
      }
      const workspace = await services.discover(abort, at.value);
      const there = workspace.environments.find((e) => e.name === environment.name) ?? environment;
      const renderings = await renderEnvironment(services, workspace, there, { ...options, tree: at.value });
      const broken = renderings.find((rendering) => rendering.failure !== undefined);
      return broken?.failure === undefined
        ? { ok: true, value: renderings.flatMap((r) => r.resources.map((resource) => resource.object)) }
        : failed('error', `${broken.source.name} does not render at ${revision}: ${broken.failure.message}`);
    },
  });
}

/** Every source of an environment, rendered with origins. A source that is named but gone is a failed rendering, never an empty one. */
export async function renderEnvironment(
  services: Services,
  workspace: Workspace,
  environment: Environment,
  { tree = services.tree, kubernetesVersion, progress, purpose = 'compare', abort }: CompareOptions = {},
): Promise<Rendering[]> {
  const version = environment.kubernetesVersion ?? (kubernetesVersion === '' ? undefined : kubernetesVersion);
  const at: Environment = version === undefined ? environment : { ...environment, kubernetesVersion: version };
  const sources = workspace.sources.filter((source) => environment.sources.includes(source.id));
  const renderings: Rendering[] = [];
  for (const source of sources) {
    progress?.(`Rendering ${source.name} …`);
    renderings.push(
      await renderSource(source, tree, at, services.renderPorts(), {
        origins: true,
        slot: `${purpose} ${environment.name} ${source.id}`,
        ...(abort === undefined ? {} : { abort }),
      }),
    );
  }
  return renderings;
}

export async function compareEnvironment(
  services: Services,
  workspace: Workspace,
  environment: Environment,
  options: CompareOptions = {},
): Promise<Answer<Compared>> {
  const { abort, progress } = options;
  const opened = options.target === undefined ? await openEnvironment(services, environment, options) : undefined;
  if (opened?.ok === false) {
    return opened;
  }
  const target = options.target ?? opened?.value;
  if (target === undefined) {
    return failed('error', `${environment.name} has no target.`);
  }
  const renderings = await renderEnvironment(services, workspace, environment, options);
  const state =
    options.revision === undefined ? await gitState(services) : { revision: options.revision, dirty: false };
  const record = `${environment.name}@${await repositoryId(services)}`;
  progress?.(`Comparing with ${target.name} …`);
  const comparison = await drift(
    environment,
    renderings,
    target,
    { validator: services.engines().validator, pause, now, fingerprint },
    {
      ignoreDifferences: workspace.configuration.ignoreDifferences,
      record,
      ...state,
      ...(abort === undefined ? {} : { abort }),
    },
  );
  return { ok: true, value: { environment, comparison, renderings, target, record } };
}

/**
 * Compares with what was read before, after the sources changed: no question to the target. Undefined where a source does not
 * render just now, as happens while somebody types.
 */
export async function compareAgain(
  services: Services,
  workspace: Workspace,
  compared: Compared,
  options: CompareOptions = {},
): Promise<Compared | undefined> {
  const { live, report } = compared.comparison;
  const environment = workspace.environments.find((e) => e.name === compared.environment.name);
  if (live === undefined || environment === undefined) {
    return undefined;
  }
  const renderings = await renderEnvironment(services, workspace, environment, { ...options, purpose: 'edit' });
  if (renderings.some((rendering) => rendering.failure !== undefined)) {
    return undefined;
  }
  const comparison = await compareWithLive(
    live,
    environment,
    renderings,
    { validator: services.engines().validator, pause, now: () => report.comparedAt, fingerprint },
    {
      ignoreDifferences: workspace.configuration.ignoreDifferences,
      record: compared.record,
      confirm: false,
      previous: compared.comparison,
      dirty: true,
      ...(report.revision === undefined ? {} : { revision: report.revision }),
      ...(options.abort === undefined ? {} : { abort: options.abort }),
    },
  );
  return { ...compared, environment, comparison, renderings };
}

/** Commit and cleanliness of the working tree, as reports name them; nothing where the folder is no Git repository. */
async function gitState(services: Services): Promise<{ revision?: string; dirty: boolean }> {
  if (!services.git) {
    return { dirty: services.tree.buffers.size > 0 };
  }
  const head = await services.repository().head();
  if (head === undefined) {
    return { dirty: true };
  }
  const changed = await services.repository().changed(head.id, undefined);
  let dirty = !changed.ok || changed.value.length > 0;
  for (const [name, text] of services.tree.buffers) {
    dirty ||= (await diskText(services, name)) !== text;
  }
  return { revision: head.id, dirty };
}

async function diskText(services: Services, name: string): Promise<string | undefined> {
  const { readFile } = await import('node:fs/promises');
  return readFile(path.join(services.root, name), 'utf8').catch(() => undefined);
}

/** Name of the repository that is the same on every machine: by its first remote, else its folder. */
async function repositoryId(services: Services): Promise<string> {
  const remotes = services.git ? await readRemotes(services.root) : [];
  const remote = remotes.find(({ name }) => name === 'origin') ?? remotes[0];
  return remote === undefined ? path.basename(services.root) : repositoryName(remote.url);
}

const failed = (reason: Failure['reason'], message: string): { ok: false; failure: Failure } => ({
  ok: false,
  failure: { reason, message },
});

export { isWritable };
