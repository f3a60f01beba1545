// Argo CD: Applications that point into this repository, as sources. What Argo CD would do with an option that is not read here is
// not guessed: such a source says so.
import { isObject, type JsonObject } from '../json';
import type { Problem } from '../problem';
import { mergeValues, setValue } from '../render/values';
import { parseYaml } from '../yaml/parse';
import { toJson } from '../yaml/resolve';
import picomatch from 'picomatch';
import { jsonOf, ofKind, placeOf, type Catalogue } from './catalogue';
import type { ObjectFact } from './facts';
import { kustomizationIn } from './kustomization';
import { isWithin, isYamlFile, joinPath } from './paths';
import { objectOf, objectsOf, stringOf, stringsOf } from './read';
import { matchRepository } from './repositoryMatch';
import type { FluxOverlay, Source, SourceRender } from './source';

export interface ArgoSource {
  source: Source;
  fact: ObjectFact;
  /** Folder that it deploys; undefined where that is not in this repository. */
  folder: string | undefined;
  destination: { server?: string; name?: string; namespace?: string };
  problems: Problem[];
}

interface Context {
  catalogue: Catalogue;
  fact: ObjectFact;
  destination: ArgoSource['destination'];
  problems: Problem[];
  /** Sources of the same Application that others name as `$ref`. */
  references: ReadonlyMap<string, JsonObject>;
  /** JSON Pointer steps of the source inside the Application. */
  at: (string | number)[];
}

export function argoApplications(catalogue: Catalogue, chartDirs: ReadonlySet<string>): ArgoSource[] {
  return ofKind(catalogue, 'argoproj.io', 'Application').flatMap((fact) =>
    applicationSources(catalogue, fact, chartDirs),
  );
}

function applicationSources(catalogue: Catalogue, fact: ObjectFact, chartDirs: ReadonlySet<string>): ArgoSource[] {
  const spec = objectOf(jsonOf(catalogue, fact)['spec']) ?? {};
  const several = objectsOf(spec['sources']);
  const entries = several.length > 0 ? several : objectsOf([spec['source'] ?? null]);
  const target = objectOf(spec['destination']) ?? {};
  const destination: ArgoSource['destination'] = {};
  for (const key of ['server', 'name', 'namespace'] as const) {
    const value = stringOf(target[key]);
    if (value !== undefined) {
      destination[key] = value;
    }
  }
  const references = new Map(
    entries.flatMap((e) => {
      const ref = stringOf(e['ref']);
      return ref === undefined ? [] : [[ref, e] as const];
    }),
  );
  const found: ArgoSource[] = [];
  entries.forEach((entry, index) => {
    if (
      stringOf(entry['ref']) !== undefined &&
      stringOf(entry['path']) === undefined &&
      stringOf(entry['chart']) === undefined
    ) {
      return; // Only lends files to the others.
    }
    const problems: Problem[] = [];
    const at = several.length > 0 ? ['spec', 'sources', index] : ['spec', 'source'];
    const context: Context = { catalogue, fact, destination, problems, references, at };
    const suffix = several.length > 1 ? `[${index}]` : '';
    const base: Source = {
      id: `argoApplication:${fact.path}#${fact.namespace}/${fact.name}${suffix}`,
      kind: 'argoApplication',
      name: fact.name + suffix,
      path: '',
      declared: placeOf(catalogue, fact),
      render: { tool: 'unsupported', reason: '' },
      children: [],
      root: true,
      ...(destination.namespace === undefined ? {} : { namespace: destination.namespace }),
    };
    const read = readSource(context, entry, chartDirs);
    found.push({
      source: {
        ...base,
        render: read.render,
        path: read.folder ?? '',
        ...(read.assumed === undefined ? {} : { assumed: read.assumed }),
      },
      fact,
      folder: read.folder,
      destination,
      problems,
    });
  });
  return found;
}

interface ReadSource {
  render: SourceRender;
  folder?: string;
  assumed?: string;
}

function readSource(context: Context, entry: JsonObject, chartDirs: ReadonlySet<string>): ReadSource {
  const { catalogue, fact } = context;
  const url = stringOf(entry['repoURL']) ?? '';
  const chart = stringOf(entry['chart']);
  if (chart !== undefined) {
    return cannot(`Its chart ${chart} comes from ${url}, which Plumbline does not fetch yet.`);
  }
  const match = matchRepository(url, catalogue.remotes);
  if (match === 'no') {
    return cannot(`It deploys from another repository: ${url}.`);
  }
  const assumed =
    match === 'yes'
      ? {}
      : {
          assumed:
            match === 'fork'
              ? `${url} is taken to be the origin of this fork.`
              : `${url} is taken to be this repository, which has no remote.`,
        };
  const written = stringOf(entry['path']) ?? '.';
  const folder = joinPath('', written);
  if (folder === undefined || !catalogue.files.folders.has(folder)) {
    const message = `The path ${written} of Application ${fact.name} does not exist in this repository.`;
    if (match === 'yes') {
      context.problems.push({
        ...placeOf(catalogue, fact, ...context.at, 'path'),
        rule: 'argocd/missing-path',
        severity: 'error',
        message,
        resource: `Application ${fact.namespace === '' ? '' : fact.namespace + '/'}${fact.name}`,
      });
    }
    return cannot(message);
  }
  if (objectOf(entry['plugin']) !== undefined) {
    return { ...cannot('A config management plugin renders it, which Plumbline does not run.'), folder };
  }
  const helm = objectOf(entry['helm']);
  const kustomize = objectOf(entry['kustomize']);
  if (chartDirs.has(folder) && kustomize === undefined) {
    return { render: helmRender(context, helm ?? {}, folder), folder, ...assumed };
  }
  if (kustomizationIn(catalogue.files, folder) !== undefined) {
    return { render: kustomizeRender(context, kustomize ?? {}, folder), folder, ...assumed };
  }
  if (kustomize !== undefined && Object.keys(kustomize).length > 0) {
    return { ...cannot(`${written} has no kustomization.yaml.`), folder };
  }
  return { render: directoryRender(catalogue, objectOf(entry['directory']) ?? {}, folder), folder, ...assumed };
}

function helmRender(context: Context, helm: JsonObject, chart: string): SourceRender {
  const { catalogue, fact, destination } = context;
  const valuesFiles: string[] = [];
  for (const file of stringsOf(helm['valueFiles'])) {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(file)) {
      return unsupported(`Its values file ${file} is remote.`);
    }
    const reference = /^\$([^/]+)\/(.*)$/.exec(file);
    let path: string | undefined;
    if (reference !== null) {
      const source = context.references.get(reference[1] ?? '');
      if (source === undefined || matchRepository(stringOf(source['repoURL']) ?? '', catalogue.remotes) === 'no') {
        return unsupported(`Its values file ${file} lies in another repository.`);
      }
      path = joinPath('', reference[2] ?? '');
    } else {
      // A leading slash means the root of the repository.
      path = file.startsWith('/') ? joinPath('', file) : joinPath(chart, file);
    }
    if (path === undefined || !catalogue.files.files.has(path)) {
      if (helm['ignoreMissingValueFiles'] === true) {
        continue;
      }
      return unsupported(`Its values file ${file} does not exist.`);
    }
    valuesFiles.push(path);
  }
  if (objectsOf(helm['fileParameters']).length > 0) {
    return unsupported('Its helm.fileParameters are not read by Plumbline yet.');
  }
  let values: JsonObject = {};
  const inline = stringOf(helm['values']);
  if (objectOf(helm['valuesObject']) !== undefined) {
    values = objectOf(helm['valuesObject']) ?? {};
  } else if (inline !== undefined) {
    const root = parseYaml(inline).documents.find((d) => d.root !== undefined)?.root;
    const value = root === undefined ? {} : toJson(root);
    values = isObject(value) ? value : {};
  }
  for (const parameter of objectsOf(helm['parameters'])) {
    const name = stringOf(parameter['name']) ?? '';
    const value = parameter['value'];
    const set = setValue(
      values,
      name,
      typeof value === 'string' ? value : JSON.stringify(value ?? ''),
      parameter['forceString'] === true,
    );
    if (set === undefined) {
      return unsupported(`Its Helm parameter ${name} cannot be read.`);
    }
    values = mergeValues(values, set);
  }
  const key = helm['valuesObject'] !== undefined ? 'valuesObject' : inline !== undefined ? 'values' : 'parameters';
  const place = placeOf(catalogue, fact, ...context.at, 'helm', key);
  return {
    tool: 'helm',
    chart,
    release: stringOf(helm['releaseName']) ?? fact.name,
    namespace: stringOf(helm['namespace']) ?? destination.namespace ?? 'default',
    valuesFiles,
    includeCrds: helm['skipCrds'] !== true,
    ...(Object.keys(values).length === 0
      ? {}
      : { values, valuesAt: { path: fact.path, line: place.range.start.line } }),
  };
}

/** Options that the kustomization file can carry as they are. */
const kustomizeOptions = [
  'namePrefix',
  'nameSuffix',
  'images',
  'namespace',
  'patches',
  'components',
  'version',
  'forceCommonLabels',
  'forceCommonAnnotations',
];

function kustomizeRender(context: Context, options: JsonObject, dir: string): SourceRender {
  const other = Object.keys(options).find((key) => !kustomizeOptions.includes(key));
  if (other !== undefined) {
    return unsupported(`Its option kustomize.${other} is not read by Plumbline yet.`);
  }
  const overlay: FluxOverlay = { at: '/' + [...context.at, 'kustomize'].join('/') };
  const prefix = stringOf(options['namePrefix']);
  const suffix = stringOf(options['nameSuffix']);
  const namespace = stringOf(options['namespace']);
  const images = stringsOf(options['images']).map(imageOf);
  const patches = objectsOf(options['patches']);
  const components = stringsOf(options['components']);
  if (patches.some((patch) => patch['path'] !== undefined)) {
    return unsupported('Its kustomize.patches name files, which Plumbline does not read there yet.');
  }
  return {
    tool: 'kustomize',
    dir,
    ...(Object.keys(options).length === 0
      ? {}
      : {
          flux: {
            ...overlay,
            ...(prefix === undefined ? {} : { namePrefix: prefix }),
            ...(suffix === undefined ? {} : { nameSuffix: suffix }),
            ...(namespace === undefined ? {} : { targetNamespace: namespace }),
            ...(images.length === 0 ? {} : { images }),
            ...(patches.length === 0 ? {} : { patches }),
            ...(components.length === 0 ? {} : { components }),
          },
        }),
  };
}

/** `name=newname:tag`, `name:tag`, `name@digest` as an entry of `images`. */
function imageOf(text: string): JsonObject {
  const equals = text.indexOf('=');
  const right = text.slice(equals + 1);
  const at = right.indexOf('@');
  const colon = right.indexOf(':', right.lastIndexOf('/') + 1);
  const end = at >= 0 ? at : colon >= 0 ? colon : right.length;
  const image = right.slice(0, end);
  return {
    name: equals < 0 ? image : text.slice(0, equals),
    ...(equals < 0 ? {} : { newName: image }),
    ...(at >= 0 ? { digest: right.slice(at + 1) } : colon >= 0 ? { newTag: right.slice(colon + 1) } : {}),
  };
}

function directoryRender(catalogue: Catalogue, options: JsonObject, folder: string): SourceRender {
  const jsonnet = objectOf(options['jsonnet']);
  if (jsonnet !== undefined && Object.keys(jsonnet).length > 0) {
    return unsupported('Its directory holds Jsonnet, which Plumbline does not run.');
  }
  const include = globOf(stringOf(options['include']));
  const exclude = globOf(stringOf(options['exclude']));
  const files = [...catalogue.files.files].filter((path) => {
    if (!isWithin(folder, path) || !(isYamlFile(path) || path.endsWith('.json'))) {
      return false;
    }
    const inside = folder === '' ? path : path.slice(folder.length + 1);
    if (options['recurse'] !== true && inside.includes('/')) {
      return false;
    }
    return exclude?.(inside) !== true && include?.(inside) !== false;
  });
  return { tool: 'folder', files: files.sort() };
}

function globOf(glob: string | undefined): ((path: string) => boolean) | undefined {
  return glob === undefined ? undefined : picomatch(glob, { dot: true });
}

const unsupported = (reason: string): SourceRender => ({ tool: 'unsupported', reason });
const cannot = (reason: string): ReadSource => ({ render: unsupported(reason) });
