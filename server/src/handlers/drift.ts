// Drift in the editor: comparisons on request, the diff of an object, live values beside and behind the author's text, plans and
// their execution. It keeps the last comparison of each environment; what it shows of one is always masked.
import { InlayHintKind, type CodeLens, type InlayHint, type MarkupContent } from 'vscode-languageserver';
import { objectTexts } from '../core/drift/display';
import type { ObjectDrift } from '../core/drift/drift';
import { project, type LiveValue, type Projection } from '../core/drift/projection';
import type { Abort, Failure } from '../core/ports';
import {
  clientCommands,
  driftChanged,
  driftRequest,
  executeRequest,
  objectRequest,
  planRequest,
  projectionRequest,
  snapshotRequest,
  type ObjectRef,
} from '../core/protocol';
import { keyText, label } from '../core/resource';
import { planView } from '../core/sync/makePlan';
import type { Plan } from '../core/sync/plan';
import type { Environment } from '../core/workspace/source';
import { guarded } from '../guard';
import type { OpenRepository } from '../openRepository';
import {
  compareAgain,
  compareEnvironment,
  isWritable,
  openEnvironment,
  renderEnvironment,
  type Compared,
} from '../operations/compare';
import { planOperation, runPlan } from '../operations/plan';
import { takeSnapshot } from '../operations/takeSnapshot';
import { notify, on } from '../requests';
import type { Session } from '../session';
import { toAbsolute } from '../uris';

type Failed = { failure: { reason: Failure['reason']; message: string } };
const failed = ({ reason, message }: Failure): Failed => ({ failure: { reason, message } });
const notCompared = (environment: string): Failed =>
  failed({ reason: 'not-found', message: `${environment} has not been compared yet. Refresh first.` });

/** Plans that were shown and may be confirmed, newest last; older ones are forgotten. */
const plansKept = 20;

export class DriftHandler {
  /** By repository and environment. */
  private readonly compared = new Map<string, Compared & { generation: number }>();
  /** The same at a newer text, without a new question to the target. */
  private readonly local = new Map<
    string,
    { of: Compared; generation: number; compared: Promise<Compared | undefined> }
  >();
  private readonly lastProjections = new Map<string, { projection: Projection; compared: Compared }>();
  private readonly running = new Map<string, Promise<Compared | Failed>>();
  private readonly plans = new Map<string, { plan: Plan; compared: Compared; repository: OpenRepository }>();

  constructor(private readonly session: Session) {
    on(session, driftRequest, async ({ folder, environment, refresh }, abort) => {
      const repository = await session.byFolder(folder);
      if (!refresh) {
        const known = this.compared.get(this.key(repository, environment));
        return known === undefined ? {} : { report: known.comparison.report };
      }
      const found = await this.refresh(repository, environment, abort);
      return 'failure' in found ? found : { report: found.comparison.report };
    });

    on(session, objectRequest, async ({ folder, environment, key }) => {
      const repository = await session.byFolder(folder);
      const object = this.compared.get(this.key(repository, environment))?.comparison.objects.get(keyText(key));
      if (object === undefined) {
        return null;
      }
      const { origin } = object.drift;
      const start = { line: origin?.line ?? 0, character: origin?.character ?? 0 };
      return {
        ...objectTexts(object),
        title: label(key),
        ...(origin === undefined ? {} : { uri: repository.uriOf(origin.path), range: { start, end: start } }),
      };
    });

    on(session, projectionRequest, async ({ uri }) => {
      const found = await this.projection(uri);
      return found === undefined
        ? null
        : {
            text: found.projection.text,
            environment: found.compared.environment.name,
            target: found.compared.target.name,
          };
    });

    on(session, planRequest, async ({ folder, environment, operation, keys }) => {
      const repository = await session.byFolder(folder);
      const compared = this.compared.get(this.key(repository, environment));
      if (compared === undefined) {
        return notCompared(environment);
      }
      const plan = planOperation(compared, { operation, ...(keys === undefined ? {} : { keys }) });
      return plan.ok ? { plan: this.keep(plan.value, compared, repository) } : failed(plan.failure);
    });

    on(session, executeRequest, async ({ plan: id, confirm }, abort) => {
      const known = this.plans.get(id);
      if (known === undefined) {
        return failed({ reason: 'conflict', message: 'This plan is no longer current. Plan again.' });
      }
      this.plans.delete(id);
      const { plan, compared, repository } = known;
      const { target } = compared;
      if (!isWritable(target)) {
        return failed({ reason: 'unsupported', message: `${target.name} cannot be written to.` });
      }
      const confirmation = { plan: id, ...(confirm === undefined ? {} : { environment: confirm }) };
      const ran = await runPlan(plan, confirmation, target, abort, (result, done, total) =>
        session.log.info(
          `${done}/${total} ${result.state} ${label(result.key)}${result.failure === undefined ? '' : `: ${result.failure.message}`}`,
        ),
      );
      if (!ran.ok) {
        return failed(ran.failure);
      }
      // Proof: what was written is compared again, also when not everything succeeded.
      await this.refresh(repository, compared.environment.name, { aborted: false, addEventListener: () => undefined });
      return { result: ran.value };
    });

    on(session, snapshotRequest, async ({ folder, environment, to }, abort) => {
      const repository = await session.byFolder(folder);
      const workspace = await repository.workspace();
      const chosen = workspace.environments.find((e) => e.name === environment);
      const into = toAbsolute(to);
      if (chosen === undefined || into === undefined) {
        return failed({
          reason: 'not-found',
          message: `There is no environment ${environment}, or ${to} is no folder.`,
        });
      }
      const target = await openEnvironment(repository.services, chosen, this.options());
      if (!target.ok) {
        return failed(target.failure);
      }
      const renderings = await renderEnvironment(repository.services, workspace, chosen, { abort });
      const taken = await takeSnapshot({ environment: chosen, renderings, target: target.value }, into, abort);
      return taken.ok ? { files: taken.value.files } : failed(taken.failure);
    });

    session.connection.languages.inlayHint.on(
      guarded<{ textDocument: { uri: string } }, InlayHint[]>(
        session.log,
        'inlayHint',
        ({ textDocument }) => this.inlayHints(textDocument.uri),
        [],
      ),
    );
    session.connection.onCodeLens(
      guarded<{ textDocument: { uri: string } }, CodeLens[]>(
        session.log,
        'codeLens',
        ({ textDocument }) => this.codeLenses(textDocument.uri),
        [],
      ),
    );
  }

  /** Another environment was chosen: hints and bars of the old one go. */
  refreshEditors(): void {
    // Editors that cannot refresh refuse; they ask again by themselves.
    for (const what of ['inlayHint', 'codeLens']) {
      void this.session.connection.sendRequest(`workspace/${what}/refresh`).catch(() => undefined);
    }
  }

  /** Keeps a plan so that it can be confirmed by its id. */
  keep(plan: Plan, compared: Compared, repository: OpenRepository): ReturnType<typeof planView> {
    this.plans.set(plan.id, { plan, compared, repository });
    for (const id of [...this.plans.keys()].slice(0, -plansKept)) {
      this.plans.delete(id);
    }
    return planView(plan);
  }

  /** One comparison of an environment at a time; who asks meanwhile gets the same answer. */
  async refresh(repository: OpenRepository, name: string, abort: Abort): Promise<Compared | Failed> {
    const key = this.key(repository, name);
    let work = this.running.get(key);
    if (work === undefined) {
      work = this.compare(repository, name, abort).finally(() => this.running.delete(key));
      this.running.set(key, work);
    }
    return work;
  }

  private async compare(repository: OpenRepository, name: string, abort: Abort): Promise<Compared | Failed> {
    const { generation } = repository;
    const workspace = await repository.workspace();
    const environment = workspace.environments.find((e) => e.name === name);
    if (environment === undefined) {
      return failed({ reason: 'not-found', message: `There is no environment ${name} in this repository.` });
    }
    const key = this.key(repository, name);
    const before = this.compared.get(key);
    const same = before !== undefined && isSameTarget(before.environment, environment);
    const answer = await compareEnvironment(repository.services, workspace, environment, {
      ...this.options(),
      ...(same ? { target: before.target } : {}),
      abort,
    });
    if (!answer.ok) {
      return failed(answer.failure);
    }
    this.compared.set(key, { ...answer.value, generation });
    const version = answer.value.comparison.live?.version;
    if (version !== undefined) {
      repository.clusterVersions.set(name, version);
    }
    notify(this.session, driftChanged, { folder: repository.folder, environment: name });
    this.refreshEditors();
    return answer.value;
  }

  private options(): { kubeconfig: string; kubernetesVersion: string } {
    const { kubeconfig, kubernetesVersion } = this.session.settings;
    return { kubeconfig, kubernetesVersion };
  }

  private key(repository: OpenRepository, environment: string): string {
    return `${repository.folder}\0${environment}`;
  }

  /** The live state projected onto a document, for the chosen environment where it was compared. */
  private async projection(uri: string): Promise<{ projection: Projection; compared: Compared } | undefined> {
    const place = await this.session.placeOf(uri);
    const workspace = place?.repository.lastWorkspace;
    if (place === undefined || workspace === undefined) {
      return undefined;
    }
    const environment = place.repository.environmentOf(workspace, this.session.settings.environment);
    const known = environment && this.compared.get(this.key(place.repository, environment.name));
    if (environment === undefined || known === undefined) {
      return undefined;
    }
    const compared = await this.atCurrentText(place.repository, environment.name, known);
    const document = this.session.document(uri);
    if (document === undefined) {
      return undefined;
    }
    const { parsed } = document;
    const current = compared && project({ path: place.path, text: parsed.text, parsed }, compared.comparison);
    if (compared !== undefined && current !== undefined) {
      this.lastProjections.set(uri, { projection: current, compared });
      return { projection: current, compared };
    }
    // While a source does not render, its bars stay as they were.
    const last = this.lastProjections.get(uri);
    return compared === undefined && last?.compared.target === known.target ? last : undefined;
  }

  /** The comparison at the text as it is now. Undefined while a source does not render. */
  private async atCurrentText(
    repository: OpenRepository,
    name: string,
    known: Compared & { generation: number },
  ): Promise<Compared | undefined> {
    const key = this.key(repository, name);
    const { generation } = repository;
    let local = this.local.get(key);
    if (local?.of !== known || local.generation !== generation) {
      const compared =
        known.generation === generation
          ? Promise.resolve(known)
          : repository
              .workspace()
              .then((workspace) => compareAgain(repository.services, workspace, known, this.options()))
              // Overtaken by a newer text: whoever asks next gets that one.
              .catch(() => undefined);
      local = { of: known, generation, compared };
      this.local.set(key, local);
    }
    return local.compared;
  }

  private async inlayHints(uri: string): Promise<InlayHint[]> {
    if (!this.session.settings.inlayHints.liveValues) {
      return [];
    }
    const found = await this.projection(uri);
    return (found?.projection.values ?? []).map((value) => ({
      position: value.range.end,
      label: hintLabel(value),
      kind: InlayHintKind.Parameter,
      paddingLeft: true,
      tooltip: hintTooltip(value, found?.compared.target.name ?? ''),
    }));
  }

  private async codeLenses(uri: string): Promise<CodeLens[]> {
    const place = await this.session.placeOf(uri);
    const found = this.session.settings.codeLens.drift ? await this.projection(uri) : undefined;
    if (place === undefined || found === undefined) {
      return [];
    }
    const { comparison, environment } = found.compared;
    return found.projection.objects.flatMap((key) => {
      const object = comparison.objects.get(keyText(key))?.drift;
      const line = object === undefined ? undefined : lensLine(object, place.path);
      if (object === undefined || line === undefined || object.state === 'inSync') {
        return [];
      }
      const range = { start: { line, character: 0 }, end: { line, character: 0 } };
      const reference: ObjectRef = { folder: place.repository.folder, environment: environment.name, key };
      const lens = (title: string, command: string): CodeLens => ({
        range,
        command: { title, command, arguments: [reference] },
      });
      return [
        lens(`${stateText(object)} in ${environment.name}`, clientCommands.openDiff),
        ...(object.state === 'drifted' || object.state === 'missing' ? [lens('sync…', clientCommands.sync)] : []),
      ];
    });
  }
}

const isSameTarget = (a: Environment, b: Environment): boolean => JSON.stringify(a.target) === JSON.stringify(b.target);

/** An object is marked in the file that it comes from itself; overlays have their values marked, not the object. */
function lensLine(object: ObjectDrift, path: string): number | undefined {
  return object.origin?.path === path ? object.origin.line : undefined;
}

function stateText(object: ObjectDrift): string {
  switch (object.state) {
    case 'drifted':
      return `● drifted: ${object.fields.length} ${object.fields.length === 1 ? 'field' : 'fields'}`;
    case 'missing':
      return '● not there';
    case 'rejected':
      return '● would be rejected';
    case 'unknown':
      return '● unknown';
    case 'extra':
    case 'inSync':
      return '';
  }
}

const longest = 20;

function hintLabel(value: LiveValue): string {
  if (value.live === undefined) {
    return 'not live';
  }
  const text = `live: ${value.live}`;
  return text.length > longest ? text.slice(0, longest - 1) + '…' : text;
}

/** Text from the cluster is shown as code, so that nothing in it is read as Markdown. */
function hintTooltip({ field, live, blame, key }: LiveValue, target: string): MarkupContent {
  const code = (text: string): string => '`' + text.replace(/`/g, "'") + '`';
  const rows = [
    `**${label(key)}** ${code(field.path)}`,
    '',
    '| Git | live |',
    '| --- | --- |',
    `| ${code(field.desired ?? '—').replace(/\|/g, '\\|')} | ${code(live ?? '—').replace(/\|/g, '\\|')} |`,
    '',
    blame === undefined
      ? ''
      : `Last written by ${code(blame.manager)}${blame.time === undefined ? '' : ` at ${blame.time}`}, in ${code(target)}.`,
  ];
  return { kind: 'markdown', value: rows.join('\n') };
}
