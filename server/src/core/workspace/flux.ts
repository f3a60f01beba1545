// Flux: Kustomizations and HelmReleases of this repository as sources. Which repository an object's source means decides what can
// be rendered here; whatever lies elsewhere is a source that says why it cannot.
import { isObject, type JsonObject, type JsonValue } from '../json';
import type { Problem } from '../problem';
import { mergeValues } from '../render/values';
import { variableName } from '../render/substitute';
import { parseYaml } from '../yaml/parse';
import { toJson } from '../yaml/resolve';
import { findObject, jsonOf, ofKind, placeOf, type Catalogue } from './catalogue';
import type { ObjectFact } from './facts';
import { joinPath } from './paths';
import { objectOf, objectsOf, stringOf, stringsOf, valueAt } from './read';
import { matchRepository } from './repositoryMatch';
import type { FluxOverlay, Source, SourceRender } from './source';

const kustomizeGroup = 'kustomize.toolkit.fluxcd.io';
const helmGroup = 'helm.toolkit.fluxcd.io';
const sourceGroup = 'source.toolkit.fluxcd.io';
const extensionGroup = 'source.extensions.fluxcd.io';

/** A Flux object as a source, with what the workspace graph needs besides. */
export interface FluxSource {
  source: Source;
  fact: ObjectFact;
  /** Names of Kustomizations (or HelmReleases) that must be ready before, as `namespace/name`. */
  dependsOn: string[];
  /** Folder that it deploys; undefined where that is not in this repository. */
  folder: string | undefined;
  problems: Problem[];
}

/** Where the files of a source reference are in this repository. */
type Origin =
  { here: true; map: (path: string) => string | undefined; assumed?: string } | { here: false; reason: string };

export function fluxKustomizations(catalogue: Catalogue): FluxSource[] {
  return ofKind(catalogue, kustomizeGroup, 'Kustomization').map((fact) => kustomizationSource(catalogue, fact));
}

export function fluxHelmReleases(catalogue: Catalogue, chartDirs: ReadonlySet<string>): FluxSource[] {
  return ofKind(catalogue, helmGroup, 'HelmRelease').map((fact) => helmReleaseSource(catalogue, fact, chartDirs));
}

function kustomizationSource(catalogue: Catalogue, fact: ObjectFact): FluxSource {
  const spec = objectOf(jsonOf(catalogue, fact)['spec']) ?? {};
  const problems: Problem[] = [];
  const written = stringOf(spec['path']) ?? './';
  const origin = originOf(catalogue, fact, objectOf(spec['sourceRef']));
  const folder = origin.here ? origin.map(written) : undefined;
  const base = baseSource(catalogue, fact, 'fluxKustomization', folder ?? '');
  const dependsOn = dependenciesOf(spec, fact);
  if (!origin.here) {
    return { source: { ...base, render: unsupported(origin.reason) }, fact, dependsOn, folder: undefined, problems };
  }
  if (folder === undefined || !catalogue.files.folders.has(folder)) {
    // An assumed repository may really be another one: then a missing folder proves nothing.
    const sure = origin.assumed === undefined;
    const message = `The path ${written} of Kustomization ${fact.name} does not exist in this repository.`;
    if (sure) {
      problems.push({
        ...placeOf(catalogue, fact, 'spec', 'path'),
        rule: 'flux/missing-path',
        severity: 'error',
        message,
        resource: labelOf(fact),
      });
    }
    return { source: { ...base, render: unsupported(message) }, fact, dependsOn, folder: undefined, problems };
  }
  const overlay = overlayOf(catalogue, fact, spec, problems);
  return {
    source: {
      ...base,
      path: folder,
      render: { tool: 'kustomize', dir: folder, flux: overlay },
      ...(overlay.targetNamespace === undefined ? {} : { namespace: overlay.targetNamespace }),
      ...(origin.assumed === undefined ? {} : { assumed: origin.assumed }),
    },
    fact,
    dependsOn,
    folder,
    problems,
  };
}

function helmReleaseSource(catalogue: Catalogue, fact: ObjectFact, chartDirs: ReadonlySet<string>): FluxSource {
  const spec = objectOf(jsonOf(catalogue, fact)['spec']) ?? {};
  const problems: Problem[] = [];
  const base = baseSource(catalogue, fact, 'fluxHelmRelease', '');
  const dependsOn = dependenciesOf(spec, fact);
  const cannot = (reason: string): FluxSource => ({
    source: { ...base, render: unsupported(reason) },
    fact,
    dependsOn,
    folder: undefined,
    problems,
  });

  const chartRef = objectOf(spec['chartRef']);
  if (chartRef !== undefined) {
    return cannot(`Its chart comes from ${refLabel(chartRef)}, which Plumbline does not fetch yet.`);
  }
  const chart = objectOf(valueAt(spec, 'chart', 'spec')) ?? {};
  const reference = objectOf(chart['sourceRef']) ?? {};
  const written = stringOf(chart['chart']);
  if (written === undefined) {
    // A partial HelmRelease: a patch of another one.
    return cannot('It names no chart.');
  }
  if (reference['kind'] === 'HelmRepository') {
    return cannot(`Its chart ${written} comes from ${refLabel(reference)}, which Plumbline does not fetch yet.`);
  }
  const origin = originOf(catalogue, fact, reference);
  if (!origin.here) {
    return cannot(origin.reason);
  }
  const dir = origin.map(written);
  if (dir === undefined || !chartDirs.has(dir)) {
    const message = `The chart ${written} of HelmRelease ${fact.name} does not exist in this repository.`;
    if (origin.assumed === undefined) {
      problems.push({
        ...placeOf(catalogue, fact, 'spec', 'chart', 'spec', 'chart'),
        rule: 'flux/missing-path',
        severity: 'error',
        message,
        resource: labelOf(fact),
      });
    }
    return cannot(message);
  }
  const values = valuesOf(catalogue, fact, spec);
  if (typeof values === 'string') {
    return cannot(values);
  }
  const files = stringsOf(chart['valuesFiles']).map((file) => origin.map(file) ?? file);
  const own = `${dir === '' ? '' : dir + '/'}values.yaml`;
  const namespace = stringOf(spec['targetNamespace']) ?? (fact.namespace === '' ? 'default' : fact.namespace);
  const valuesAt = placeOf(catalogue, fact, 'spec', 'values');
  const prefix = stringOf(spec['targetNamespace']);
  const release = stringOf(spec['releaseName']) ?? (prefix === undefined ? fact.name : `${prefix}-${fact.name}`);
  const render: SourceRender = {
    tool: 'helm',
    chart: dir,
    release,
    namespace,
    valuesFiles: files[0] === own ? files.slice(1) : files,
    includeCrds: valueAt(spec, 'install', 'crds') !== 'Skip',
    ...(files.length > 0 && files[0] !== own ? { withoutDefaults: true } : {}),
    ...(Object.keys(values).length === 0
      ? {}
      : { values, valuesAt: { path: fact.path, line: valuesAt.range.start.line } }),
  };
  return {
    source: {
      ...base,
      path: dir,
      render,
      namespace,
      ...(origin.assumed === undefined ? {} : { assumed: origin.assumed }),
    },
    fact,
    dependsOn,
    folder: dir,
    problems,
  };
}

/** `valuesFrom` and `values` merged, or the reason why they are not known. */
function valuesOf(catalogue: Catalogue, fact: ObjectFact, spec: JsonObject): JsonObject | string {
  let values: JsonObject = {};
  for (const entry of objectsOf(spec['valuesFrom'])) {
    const name = stringOf(entry['name']) ?? '';
    const kind = stringOf(entry['kind']) ?? 'ConfigMap';
    const found = kind === 'ConfigMap' ? configMap(catalogue, name, fact) : undefined;
    if (found === undefined) {
      if (entry['optional'] === true && kind === 'ConfigMap') {
        continue;
      }
      return `Its values come from ${kind} ${fact.namespace}/${name}, which is not in this repository in plain text.`;
    }
    const key = stringOf(entry['valuesKey']) ?? 'values.yaml';
    const text = stringOf(found[key]);
    if (text === undefined) {
      if (entry['optional'] === true) {
        continue;
      }
      return `Its values come from the key ${key} of ConfigMap ${fact.namespace}/${name}, which does not exist.`;
    }
    const targetPath = stringOf(entry['targetPath']);
    if (targetPath !== undefined) {
      return `Its values set the single path ${targetPath} from ConfigMap ${name}, which Plumbline does not read yet.`;
    }
    const root = parseYaml(text).documents.find((d) => d.root !== undefined)?.root;
    const value = root === undefined ? {} : toJson(root);
    values = mergeValues(values, isObject(value) ? value : {});
  }
  return mergeValues(values, objectOf(spec['values']) ?? {});
}

function overlayOf(catalogue: Catalogue, fact: ObjectFact, spec: JsonObject, problems: Problem[]): FluxOverlay {
  const overlay: FluxOverlay = { at: '/spec' };
  const set = <K extends keyof FluxOverlay>(key: K, value: FluxOverlay[K] | undefined): void => {
    if (value !== undefined) {
      overlay[key] = value;
    }
  };
  const some = <T>(list: T[]): T[] | undefined => (list.length === 0 ? undefined : list);
  set('force', spec['force'] === true ? true : undefined);
  set('targetNamespace', stringOf(spec['targetNamespace']));
  set('namePrefix', stringOf(spec['namePrefix']));
  set('nameSuffix', stringOf(spec['nameSuffix']));
  set('commonMetadata', objectOf(spec['commonMetadata']));
  set('patches', some(objectsOf(spec['patches'])));
  set('images', some(objectsOf(spec['images'])));
  set('components', some(stringsOf(spec['components'])));
  const postBuild = objectOf(spec['postBuild']);
  if (postBuild !== undefined) {
    readSubstitutions(catalogue, fact, postBuild, overlay, problems);
  }
  return overlay;
}

function readSubstitutions(
  catalogue: Catalogue,
  fact: ObjectFact,
  postBuild: JsonObject,
  overlay: FluxOverlay,
  problems: Problem[],
): void {
  const variables: Record<string, string> = {};
  const unknown: string[] = [];
  const take = (from: JsonObject): void => {
    for (const [name, value] of Object.entries(from)) {
      if (typeof value === 'string') {
        variables[name] = value.replaceAll('\n', '');
      }
    }
  };
  for (const entry of objectsOf(postBuild['substituteFrom'])) {
    const name = stringOf(entry['name']) ?? '';
    const kind = stringOf(entry['kind']) ?? 'ConfigMap';
    const found = kind === 'ConfigMap' ? configMap(catalogue, name, fact) : undefined;
    if (found !== undefined) {
      take(found);
    } else {
      unknown.push(`${kind} ${fact.namespace}/${name}`);
    }
  }
  const inline = objectOf(postBuild['substitute']) ?? {};
  take(inline);
  for (const name of Object.keys(inline)) {
    if (!variableName.test(name)) {
      problems.push({
        ...placeOf(catalogue, fact, 'spec', 'postBuild', 'substitute', name),
        rule: 'flux/bad-variable',
        severity: 'error',
        message: `Flux refuses the variable name ${name}: letters, digits and _ are allowed, and no digit first.`,
        resource: labelOf(fact),
      });
    }
  }
  // Without a single variable Flux leaves the text alone, escapes and defaults included.
  if (Object.keys(variables).length > 0 || unknown.length > 0) {
    overlay.substitute = variables;
  }
  if (unknown.length > 0) {
    overlay.substituteUnknown = unknown;
  }
}

function configMap(catalogue: Catalogue, name: string, near: ObjectFact): JsonObject | undefined {
  const found = findObject(catalogue, { group: '', kind: 'ConfigMap', name, namespace: near.namespace }, near.path);
  return found === undefined ? undefined : objectOf(jsonOf(catalogue, found)['data']);
}

/** Follows a `sourceRef` to the files it means. */
function originOf(catalogue: Catalogue, fact: ObjectFact, reference: JsonObject | undefined): Origin {
  const kind = stringOf(reference?.['kind']) ?? '';
  const name = stringOf(reference?.['name']) ?? '';
  const namespace = stringOf(reference?.['namespace']) ?? fact.namespace;
  const inRepository = (path: string): string | undefined => joinPath('', path);
  switch (kind) {
    case 'GitRepository': {
      const found = findObject(catalogue, { group: sourceGroup, kind, name, namespace }, fact.path);
      const label = `GitRepository ${namespace}/${name}`;
      const url = found === undefined ? undefined : stringOf(valueAt(jsonOf(catalogue, found), 'spec', 'url'));
      if (url === undefined) {
        return {
          here: true,
          map: inRepository,
          assumed: `${label} is not declared here and is taken to be this repository.`,
        };
      }
      switch (matchRepository(url, catalogue.remotes)) {
        case 'yes':
          return { here: true, map: inRepository };
        case 'fork':
          return {
            here: true,
            map: inRepository,
            assumed: `${label} (${url}) is taken to be the origin of this fork.`,
          };
        case 'unknown':
          return {
            here: true,
            map: inRepository,
            assumed: `${label} (${url}) is taken to be this repository, which has no remote.`,
          };
        case 'no':
          return { here: false, reason: `${label} is another repository: ${url}.` };
      }
    }
    // falls through: every case above returns.
    case 'ExternalArtifact':
      return artifactOrigin(catalogue, fact, name, namespace);
    case '':
      return { here: false, reason: 'It names no source.' };
    default:
      return {
        here: false,
        reason: `Its files come from ${kind} ${namespace}/${name}, which Plumbline does not fetch yet.`,
      };
  }
}

/** An artifact that an ArtifactGenerator copies together from a repository: paths in it lead back to the copied folders. */
function artifactOrigin(catalogue: Catalogue, fact: ObjectFact, name: string, namespace: string): Origin {
  const generators = ofKind(catalogue, extensionGroup, 'ArtifactGenerator')
    .filter((generator) => generator.namespace === namespace || generator.namespace === '')
    .sort((a, b) => nearness(b.path, fact.path) - nearness(a.path, fact.path));
  for (const generator of generators) {
    const spec = objectOf(jsonOf(catalogue, generator)['spec']) ?? {};
    const artifact = objectsOf(spec['artifacts']).find((a) => a['name'] === name);
    if (artifact === undefined) {
      continue;
    }
    const copies: { from: string; to: string }[] = [];
    let assumed: string | undefined;
    for (const copy of objectsOf(artifact['copy'])) {
      const from = /^@([^/]+)\/(.*?)(?:\/?\*\*)?$/.exec(stringOf(copy['from']) ?? '');
      const to = /^@artifact\/(.*?)\/?$/.exec(stringOf(copy['to']) ?? '');
      const source = objectsOf(spec['sources']).find((s) => s['alias'] === from?.[1]);
      if (from === null || to === null || source === undefined) {
        continue;
      }
      const origin = originOf(catalogue, generator, source);
      if (!origin.here) {
        return origin;
      }
      assumed ??= origin.assumed;
      copies.push({ from: joinPath('', from[2] ?? '') ?? '', to: joinPath('', to[1] ?? '') ?? '' });
    }
    copies.sort((a, b) => b.to.length - a.to.length);
    return {
      here: true,
      map: (path) => {
        const wanted = joinPath('', path);
        if (wanted === undefined) {
          return undefined;
        }
        const copy = copies.find((c) => c.to === '' || wanted === c.to || wanted.startsWith(c.to + '/'));
        return copy === undefined ? undefined : joinPath(copy.from, wanted.slice(copy.to.length));
      },
      ...(assumed === undefined ? {} : { assumed }),
    };
  }
  return { here: false, reason: `ExternalArtifact ${namespace}/${name} is made by nothing in this repository.` };
}

function baseSource(
  catalogue: Catalogue,
  fact: ObjectFact,
  kind: 'fluxKustomization' | 'fluxHelmRelease',
  path: string,
): Omit<Source, 'render'> {
  return {
    id: `${kind}:${fact.path}#${fact.namespace}/${fact.name}`,
    kind,
    name: fact.name || fact.path,
    path,
    declared: placeOf(catalogue, fact),
    children: [],
    root: true,
  };
}

function dependenciesOf(spec: JsonObject, fact: ObjectFact): string[] {
  return objectsOf(spec['dependsOn']).flatMap((entry) => {
    const name = stringOf(entry['name']);
    return name === undefined ? [] : [`${stringOf(entry['namespace']) ?? fact.namespace}/${name}`];
  });
}

const unsupported = (reason: string): SourceRender => ({ tool: 'unsupported', reason });
const labelOf = (fact: ObjectFact): string =>
  `${fact.kind} ${fact.namespace === '' ? '' : fact.namespace + '/'}${fact.name}`;
const refLabel = (ref: JsonObject): string => `${text(ref['kind'])} ${text(ref['name'])}`;
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '?');
const nearness = (a: string, b: string): number => {
  let n = 0;
  while (n < a.length && a[n] === b[n]) {
    n++;
  }
  return n;
};
