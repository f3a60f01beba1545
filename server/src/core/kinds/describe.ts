// What a document is, why it is taken for that, whose schema it is checked against, and for which clusters: the answer that the status
// bar and the hover give.
import type { CheckedVersion } from '../check/versions';
import type { Deployer, WorkspaceGraph } from '../graph/graph';
import type { Location } from '../problem';
import { groupOf } from '../resource';
import type { SchemaStore } from '../schema/schemaStore';
import type { Workspace } from '../workspace/source';
import { nodeAt } from '../yaml/path';
import type { ParsedYaml } from '../yaml/tree';
import { identityOf, listItems, type Identity } from './identity';
import type { DetectedDocument } from './kind';
import { toolOf } from './unrelated';

/** A sentence, or part of one, and the place that it is about. */
export interface Remark {
  text: string;
  at?: Location;
}

export interface DocumentDescription {
  /** Short: `Deployment apps/v1`, `kustomization`. */
  title: string;
  /** What it is there, where it is no whole object: `patch`, `encrypted`. */
  part?: string;
  /** The whole of it, in one sentence. */
  what: string;
  /** Why it is taken for that: the rest of a sentence that begins with "because". */
  because: Remark;
  /** What it changes, and what else must be known about it. */
  remarks: Remark[];
  /** Whose schema: `Kubernetes 1.35`, `crds/widget.yaml`; `at` where a file of the repository defines it. */
  schema?: Remark;
  /** For whom it is checked; empty where nothing of it depends on a version. */
  versions: readonly { minor: string; environments: readonly string[] }[];
  /** False for YAML that is none of our business. */
  ours: boolean;
}

export interface DescribeContext {
  path: string;
  parsed: ParsedYaml;
  workspace: Workspace;
  versions: readonly CheckedVersion[];
  store: SchemaStore;
  /** May be empty or a little older than the text: then less is said. */
  graph: WorkspaceGraph;
}

export function describeDocument(detected: DetectedDocument, context: DescribeContext): DocumentDescription {
  const { kind, identity, encrypted } = detected;
  const what = whatOf(detected, context);
  const isObject = kind.checks.structure !== 'none' && identity !== undefined;
  const schema = isObject ? schemaOf(identity, context) : undefined;
  const versions = isObject && schema !== undefined && schema.at === undefined ? versionsOf(context) : [];
  const ours = kind.id !== 'other' && kind.id !== 'toolConfiguration';
  return {
    ...what,
    ...(encrypted ? { part: what.part === undefined ? 'encrypted' : `${what.part}, encrypted` } : {}),
    because: becauseOf(detected, context),
    remarks: ours ? [...targetsOf(detected, context), ...remarksOf(detected)] : [],
    ...(schema === undefined ? {} : { schema }),
    versions,
    ours,
  };
}

function whatOf(
  { kind, identity, document }: DetectedDocument,
  { path }: DescribeContext,
): Pick<DocumentDescription, 'title' | 'part' | 'what'> {
  switch (kind.id) {
    case 'kubernetes':
      return identity === undefined
        ? { title: 'Kubernetes object', what: 'A Kubernetes object that lacks apiVersion or kind' }
        : { title: titleOf(identity), what: objectText(identity) };
    case 'crd': {
      const defined = [nodeAt(document.root, ['spec', 'names', 'kind']), nodeAt(document.root, ['spec', 'group'])];
      const [name, group] = defined.map((node) => (node?.kind === 'scalar' ? node.text : ''));
      const of = name === '' || name === undefined ? '' : ` of ${name}${group === '' ? '' : ` ${group ?? ''}`}`;
      return { title: `Definition${of}`, what: `CustomResourceDefinition${of}` };
    }
    case 'list': {
      const count = identity === undefined ? 0 : (listItems(identity)?.length ?? 0);
      return { title: `List of ${count}`, what: `A List of ${plural(count, 'object')}` };
    }
    case 'patch':
      return identity === undefined
        ? { title: 'patch', what: 'A strategic-merge patch' }
        : { title: titleOf(identity), part: 'patch', what: `A strategic-merge patch of ${identity.label}` };
    case 'jsonPatch': {
      const count = document.root?.kind === 'seq' ? document.root.items.length : 0;
      return { title: 'JSON Patch', what: `A JSON Patch of ${plural(count, 'operation')}` };
    }
    case 'kustomization':
      return { title: 'kustomization', what: 'A kustomization, checked against the fields that kustomize reads' };
    case 'component':
      return { title: 'kustomize Component', what: 'A kustomize Component: a part that overlays switch on' };
    case 'chart':
      return { title: 'Helm chart', what: 'The description of a Helm chart' };
    case 'chartValues':
      return { title: 'Helm values', what: 'Values of a Helm chart' };
    case 'helmTemplate':
      return { title: 'Helm template', what: 'A Helm template: what it renders to is checked, not its text' };
    case 'plumblineConfig':
      return { title: 'Plumbline', what: 'The configuration of Plumbline for this repository' };
    case 'toolConfiguration':
      return {
        title: identity === undefined ? 'tool configuration' : titleOf(identity),
        what: 'Configuration that a tool reads and no cluster sees',
      };
    case 'other': {
      const tool = toolOf(path, document.root);
      return { title: tool ?? 'other YAML', what: tool ?? 'YAML that is nothing of Kubernetes' };
    }
  }
}

/** `1 object`, `2 objects`. */
function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function titleOf({ kind, apiVersion }: Identity): string {
  return `${kind} ${apiVersion}`;
}

function objectText(identity: Identity): string {
  const group = groupOf(identity.apiVersion);
  const product = group.endsWith('.toolkit.fluxcd.io')
    ? 'Flux object'
    : group === 'argoproj.io'
      ? 'Argo CD object'
      : 'Kubernetes object';
  return `${product} ${identity.label}`;
}

/** The reason of the detection; where another file's naming is the reason, the place that names it. */
function becauseOf({ because, kind }: DetectedDocument, { path, graph }: DescribeContext): Remark {
  if (kind.id === 'patch' || kind.id === 'jsonPatch') {
    const [first, ...others] = graph.deployers(path);
    if (first !== undefined) {
      const more = others.length === 0 ? '' : ` and ${plural(others.length, 'other kustomization')}`;
      const list = kind.id === 'jsonPatch' ? ', and it is a list of operations' : '';
      return { text: `${first.label}${more} names it as a patch${list}`, at: first.at };
    }
  }
  return { text: because };
}

/** What a patch changes; for what is deployed, by whom. */
function targetsOf({ kind, document, identity }: DetectedDocument, { path, graph, parsed }: DescribeContext): Remark[] {
  if (kind.id === 'patch') {
    const { start, end } = parsed.lines.range(document.start, document.end);
    const within = graph.edgesIn(path).filter(({ reference: { role, from } }) => {
      const { line } = from.range.start;
      return role === 'patched object' && line >= start.line && line <= end.line;
    });
    const targets = within.flatMap((edge) => edge.targets);
    if (targets.length === 0 && identity !== undefined && within.length > 0) {
      return [{ text: `${identity.label} is not in this repository, or not where this patch is used` }];
    }
    return [...new Map(targets.map((target) => [target.id, target])).values()].map(({ at, object }) => ({
      text: `Changes ${object?.kind ?? 'the object'} ${object?.name ?? ''} of ${at.path}`,
      at,
    }));
  }
  if (document.index > 0 || !['kubernetes', 'list', 'crd', 'kustomization', 'component'].includes(kind.id)) {
    return [];
  }
  return graph.deployers(path).map(deployerText);
}

function deployerText({ label, at, source, environments }: Deployer): Remark {
  const to = environments.length === 0 ? '' : `, to ${environments.join(', ')}`;
  return { text: `${source === undefined ? 'Taken in' : 'Deployed'} by ${label}${to}`, at };
}

function remarksOf({ encrypted, variables, document, kind }: DetectedDocument): Remark[] {
  return [
    ...(encrypted
      ? [{ text: 'Encrypted with SOPS: ciphertext counts as any value, and its "sops" part is left out' }]
      : []),
    ...(variables && kind.checks.structure !== 'none' && hasVariable(document.root)
      ? [{ text: 'Flux fills in variables: values with ${…} are not judged by their type' }]
      : []),
  ];
}

function hasVariable(root: DetectedDocument['document']['root']): boolean {
  switch (root?.kind) {
    case 'map':
      return root.pairs.some(({ key, value }) => hasVariable(key) || hasVariable(value));
    case 'seq':
      return root.items.some(hasVariable);
    case 'scalar':
      return root.text.includes('${');
    case 'alias':
    case undefined:
      return false;
  }
}

function schemaOf(identity: Identity, { store, versions, workspace }: DescribeContext): Remark | undefined {
  const items = listItems(identity);
  const subject = items === undefined ? identity : identityOf(items[0]);
  const newest = versions.at(-1)?.minor;
  const found =
    subject === undefined
      ? undefined
      : store.lookup({ apiVersion: subject.apiVersion, kind: subject.kind, minor: newest });
  if (found === undefined) {
    return subject === undefined ? undefined : { text: `none is known of ${subject.kind} ${subject.apiVersion}` };
  }
  const { origin } = found;
  const start = { line: 0, character: 0 };
  if (workspace.files.some(({ path }) => path === origin)) {
    return { text: origin, at: { path: origin, range: { start, end: start } } };
  }
  const rendered = /^rendered:(.*)$/.exec(origin)?.[1];
  const elsewhere = rendered === undefined ? origin : `what ${rendered} renders to`;
  return { text: rendered !== undefined || origin === 'the cluster' ? elsewhere : `${origin}, bundled` };
}

function versionsOf({ versions, store }: DescribeContext): DocumentDescription['versions'] {
  return versions.map(({ minor, environments }) => ({ minor: store.minorFor(minor), environments }));
}
