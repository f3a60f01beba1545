// Repositories that their projects ship, each checked in place as `plumbline check` does it, with what its charts and kustomizations
// become. Every error is held against the API server (with the repository's own definitions installed) or the tool that renders.
// `modules.txt` lists what is really wrong there, with the server's words, and what we say without being borne out: a ratchet.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createFileTree } from '../../server/src/adapters/nodeFiles';
import { fromPointer, isObject, writeJson, type JsonObject } from '../../server/src/core/json';
import { identityOf, listItems } from '../../server/src/core/kinds/identity';
import type { FileTree } from '../../server/src/core/ports';
import type { Problem } from '../../server/src/core/problem';
import { checkWorkspace } from '../../server/src/core/render/checkWorkspace';
import { renderSource } from '../../server/src/core/render/renderSource';
import { discover } from '../../server/src/core/workspace/discover';
import type { Workspace } from '../../server/src/core/workspace/source';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { fieldSteps } from '../../server/src/core/yaml/path';
import { toExactJson } from '../../server/src/core/yaml/resolve';
import { script } from '../support/cluster';
import { newSchemaStore } from '../support/schemas';
import { checkout, corpus } from '../support/shared';
import { ApiServer, type Judgement } from './apiServer';
import { endProduct, theEngines } from './product';
import { record } from './report';

const modules = [
  'github.com/argoproj/argo-cd/v3@v3.5.7',
  'github.com/cert-manager/cert-manager@v1.21.2',
  'github.com/external-secrets/external-secrets@v1.3.2',
  'github.com/fluxcd/flux2/v2@v2.9.5',
  'github.com/fluxcd/helm-controller@v1.6.4',
  'github.com/fluxcd/kustomize-controller@v1.9.6',
  'github.com/fluxcd/notification-controller@v1.9.2',
  'github.com/fluxcd/source-controller@v1.9.6',
  'github.com/kedacore/keda/v2@v2.20.2',
  'github.com/prometheus-operator/prometheus-operator@v0.85.0',
  'github.com/tektoncd/pipeline@v1.3.0',
  'helm.sh/helm/v4@v4.3.1',
  'k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1',
  'k8s.io/ingress-nginx@v0.0.0-20240708192948-52c50467d67d',
  'k8s.io/kubernetes@v1.36.3',
  'knative.dev/serving@v0.51.0',
  'sigs.k8s.io/gateway-api@v1.6.3',
  'sigs.k8s.io/kustomize/api@v0.21.2',
  'sigs.k8s.io/metrics-server@v0.9.0',
];

const list = path.join(checkout, 'test/parity/modules.txt');

/** One error of ours, and what bears it out. */
interface Verdict {
  module: string;
  problem: Problem;
  /** `server` and `tool` agree with us; `accepted` is a false alarm; `unproved` could not be held against anything. */
  by: 'server' | 'tool' | 'accepted' | 'unproved';
  words: string;
}

describe('repositories of public modules', () => {
  const verdicts: Verdict[] = [];
  const counts: Record<string, object> = {};

  before(async () => {
    const { downloadModules } = await script('schemapack/modules.mjs');
    const folders = (await downloadModules?.(modules)) as Map<string, string>;
    for (const name of ['podinfo', 'flux2-kustomize-helm-example']) {
      const folder = corpus(name);
      if (folder !== undefined) {
        folders.set(name, folder);
      }
    }
    const only = process.env['PLUMBLINE_MODULE'];
    for (const [module, folder] of folders) {
      if (only === undefined || module.includes(only)) {
        await look(module, folder);
      }
    }
  });
  after(endProduct);

  async function look(module: string, folder: string): Promise<void> {
    const tree = createFileTree(folder);
    const store = newSchemaStore();
    const workspace = await discover(tree);
    const { renderer, validator } = theEngines();
    const report = await checkWorkspace(workspace, tree, { renderer, validator, store });
    const errors = report.problems.filter(({ severity }) => severity === 'error');
    const server = await ApiServer.start();
    try {
      await server.define(await definitionsIn(workspace, tree));
      const witness = new Witness(server, tree, workspace);
      for (const problem of errors) {
        verdicts.push({ module, problem, ...(await witness.on(problem)) });
      }
    } finally {
      await server.stop();
    }
    const own = verdicts.filter((verdict) => verdict.module === module);
    const of = (by: Verdict['by']): number => own.filter((verdict) => verdict.by === by).length;
    counts[module] = {
      files: report.files,
      objects: report.objects,
      sources: report.sources,
      errors: errors.length,
      server: of('server'),
      tool: of('tool'),
      unproved: of('unproved'),
      accepted: of('accepted'),
      warnings: report.problems.filter(({ severity }) => severity === 'warning').length,
    };
    console.log(`      ${module}: ${JSON.stringify(counts[module])}`);
  }

  it('have no error that the server or the tool does not bear out, but for the listed ones', () => {
    // One line for each file and rule: the first place, how many there are, and what bears it out.
    const grouped = new Map<string, Verdict[]>();
    for (const verdict of verdicts) {
      const key = `${verdict.by} ${verdict.module} ${verdict.problem.path} ${verdict.problem.rule}`;
      grouped.set(key, [...(grouped.get(key) ?? []), verdict]);
    }
    const lines = [...grouped]
      .map(([key, [first, ...more]]) => `${key} ${more.length + 1} × | ${first?.words ?? ''}`)
      .sort();
    const disagreements = lines.filter((line) => /^(?:accepted|unproved) /.test(line));
    record('modules', {
      counts,
      accepted: verdicts.filter(({ by }) => by === 'accepted').map(shown),
      unproved: verdicts.filter(({ by }) => by === 'unproved').map(shown),
    });
    if (process.env['PLUMBLINE_UPDATE'] !== undefined) {
      fs.writeFileSync(list, lines.join('\n') + '\n');
    }
    const known = new Set(fs.existsSync(list) ? fs.readFileSync(list, 'utf8').split('\n') : []);
    const fresh = disagreements.filter((line) => !known.has(line));
    assert.equal(fresh.length, 0, `new disagreements:\n${fresh.slice(0, 20).join('\n')}`);
    if (process.env['PLUMBLINE_MODULE'] === undefined) {
      const gone = [...known].filter((line) => /^(?:accepted|unproved) /.test(line) && !lines.includes(line));
      assert.equal(gone.length, 0, `no disagreement any more, take it from modules.txt:\n${gone.join('\n')}`);
    }
  });
});

const shown = ({ module, problem, words }: Verdict): string =>
  `${module} ${problem.path}:${problem.range.start.line + 1} ${problem.rule} ${problem.message.slice(0, 300)} | ${words}`;

/** Holds a finding against the server, by the document that it stands in or the rendered object that it speaks of. */
class Witness {
  private readonly asked = new Map<string, Promise<Judgement>>();
  private rendered: Promise<Map<string, JsonObject[]>> | undefined;

  constructor(
    private readonly server: ApiServer,
    private readonly tree: FileTree,
    private readonly workspace: Workspace,
  ) {}

  async on(problem: Problem): Promise<Pick<Verdict, 'by' | 'words'>> {
    if (/^(?:kustomize|helm|plumbline)\//.test(problem.rule)) {
      return { by: 'tool', words: problem.message.slice(0, 120).replace(/\s+/g, ' ') };
    }
    const file = this.workspace.files.find(({ path: name }) => name === problem.path);
    const own = file?.role === 'template' || file?.role === 'patch' ? undefined : await this.inText(problem);
    if (own !== undefined && (!own.accepted || problem.resource === undefined)) {
      return this.verdict(own, problem);
    }
    this.rendered ??= this.render();
    for (const object of (await this.rendered).get(problem.resource ?? '') ?? []) {
      const judgement = await this.ask(JSON.stringify(object));
      if (!judgement.accepted) {
        return this.verdict(judgement, problem);
      }
    }
    return own === undefined ? { by: 'unproved', words: '' } : this.verdict(own, problem);
  }

  private verdict(judgement: Judgement, problem: Problem): Pick<Verdict, 'by' | 'words'> {
    const { accepted, reason, message, causes } = judgement;
    const { rule, field = '' } = problem;
    const words = `${reason}: ${message.replace(/\s+/g, ' ').slice(0, 100)}`;
    if (accepted) {
      return { by: 'accepted', words: '' };
    }
    // A kind that is not served bears out nothing but that.
    const isOther = /no such kind|no identity/.test(reason) && !/unknown-kind|unknown-field|missing-field/.test(rule);
    // Where the server names its fields, ours must be one of them, a part of one or what holds one.
    const isNamed = causes.length === 0 || causes.some((cause) => isSamePlace(cause.field, field));
    return { by: isOther || !isNamed ? 'unproved' : 'server', words };
  }

  private async inText({ path: name, range }: Problem): Promise<Judgement | undefined> {
    const text = await this.tree.read(name);
    if (text === undefined) {
      return undefined;
    }
    const parsed = parseYaml(text);
    const at = parsed.lines.offsetAt(range.start);
    const document = parsed.documents.find(({ start, end }) => at >= start && at <= end);
    if (document === undefined) {
      return undefined;
    }
    const identity = identityOf(document.root);
    const item = (identity && listItems(identity))?.find(({ start, end }) => at >= start && at <= end);
    if (item !== undefined) {
      return this.ask(writeJson(toExactJson(item)));
    }
    return this.ask(text.slice(document.start, document.end));
  }

  private ask(text: string): Promise<Judgement> {
    let judgement = this.asked.get(text);
    if (judgement === undefined) {
      // What says no kind can still be held against the reader of YAML.
      judgement = this.server.judge(text, { apiVersion: 'v1', kind: 'ConfigMap' });
      this.asked.set(text, judgement);
    }
    return judgement;
  }

  private async render(): Promise<Map<string, JsonObject[]>> {
    const found = new Map<string, JsonObject[]>();
    const { renderer } = theEngines();
    const scope = (apiVersion: string, kind: string): boolean | undefined =>
      this.server.serves({ apiVersion, kind })?.namespaced;
    for (const source of this.workspace.sources.filter(({ render }) => /kustomize|helm/.test(render.tool))) {
      const { resources } = await renderSource(source, this.tree, undefined, { renderer, scope }, {});
      for (const { object } of resources) {
        const parsed = identityOf(parseYaml(JSON.stringify(object)).documents[0]?.root);
        if (parsed !== undefined) {
          found.set(parsed.label, [...(found.get(parsed.label) ?? []), object]);
        }
      }
    }
    return found;
  }
}

/** Names only: indices differ where a list is named as a whole, and twins of fields are not told apart here. */
function isSamePlace(theirs: string, ours: string): boolean {
  const names = (steps: readonly (string | number)[]): string[] =>
    steps.map(String).filter((step) => !/^\d*$/.test(step));
  const [a, b] = [names(fieldSteps(theirs === '<nil>' ? '' : theirs)), names(fromPointer(ours))];
  const short = Math.min(a.length, b.length);
  return a.slice(0, short).join('/') === b.slice(0, short).join('/') || a.at(-1) === b.at(-1);
}

/** The definitions of a repository, the newest text of each name. */
async function definitionsIn(workspace: Workspace, tree: FileTree): Promise<JsonObject[]> {
  const found = new Map<string, JsonObject>();
  for (const { path: name, role } of workspace.files) {
    const text = role === 'manifest' || role === 'crd' ? ((await tree.read(name)) ?? '') : '';
    if (!text.includes('CustomResourceDefinition')) {
      continue;
    }
    for (const { root } of parseYaml(text).documents) {
      const object = toExactJson(root);
      const metadata = isObject(object) && isObject(object['metadata']) ? object['metadata'] : {};
      if (isObject(object) && object['kind'] === 'CustomResourceDefinition' && typeof metadata['name'] === 'string') {
        found.set(metadata['name'], object);
      }
    }
  }
  return [...found.values()];
}
