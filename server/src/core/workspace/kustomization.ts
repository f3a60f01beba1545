// One kustomization file: what it refers to, where, and whether that exists. kustomize itself decides what it becomes.
import type { Problem } from '../problem';
import type { Node } from '../yaml/tree';
import { selectorOf, type PatchSelector } from '../patch/patchSelector';
import type { FileFacts } from './facts';
import { folderLabel, folderOf, isRemote, joinPath, kustomizationFiles } from './paths';
import { itemsAt, locationOf, nodeAt, pairOf, problemAt, resolved, textAt, type PlacedYaml } from './read';

export type ReferenceRole = 'resource' | 'component' | 'patch' | 'transformer' | 'input' | 'crd' | 'values';

export interface Reference {
  role: ReferenceRole;
  /** As written. */
  text: string;
  node: Node;
  /** Repository path of the file or folder meant; undefined where it is remote or outside the repository. */
  path: string | undefined;
  /** For a patch: what its `target` says. */
  target?: PatchSelector;
}

export interface Kustomization {
  dir: string;
  /** Path of its file. */
  path: string;
  /** A Component only means something inside a Kustomization. */
  component: boolean;
  namespace: string | undefined;
  references: Reference[];
  /** What it needs from elsewhere, as written. */
  remote: string[];
  /** It inflates Helm charts, which kustomize does by running `helm`. */
  helmCharts: boolean;
  at: ReturnType<typeof locationOf>;
}

/** What exists in the repository. */
export interface FileSet {
  files: ReadonlySet<string>;
  folders: ReadonlySet<string>;
}

export function fileSet(files: readonly string[]): FileSet {
  const folders = new Set<string>(['']);
  for (const file of files) {
    for (let folder = folderOf(file); folder !== '' && !folders.has(folder); folder = folderOf(folder)) {
      folders.add(folder);
    }
  }
  return { files: new Set(files), folders };
}

/** The kustomization file of a folder. */
export function kustomizationIn(files: FileSet, dir: string): string | undefined {
  return kustomizationFiles.map((name) => (dir === '' ? name : `${dir}/${name}`)).find((path) => files.files.has(path));
}

export function readKustomization(facts: FileFacts): Kustomization {
  const file: PlacedYaml = { path: facts.path, parsed: facts.parsed() };
  const dir = folderOf(facts.path);
  const root = file.parsed.documents.find((d) => d.root !== undefined)?.root;
  const references: Reference[] = [];
  const remote: string[] = [];

  const add = (role: ReferenceRole, node: Node | undefined, text?: string, target?: PatchSelector): void => {
    const scalar = resolved(node);
    const reference = text ?? (scalar?.kind === 'scalar' ? scalar.text : undefined);
    if (node === undefined || reference === undefined || reference === '') {
      return;
    }
    if (isRemote(reference)) {
      remote.push(reference);
    }
    references.push({
      role,
      text: reference,
      node,
      path: isRemote(reference) ? undefined : joinPath(dir, reference),
      ...(target === undefined ? {} : { target }),
    });
  };
  /** Lists that hold either a path or the document itself. */
  const addPathOrInline = (role: ReferenceRole, key: string): void => {
    for (const item of itemsAt(root, key)) {
      const scalar = resolved(item);
      if (scalar?.kind === 'scalar' && !scalar.text.includes('\n') && !/^\s*[{[]/.test(scalar.text)) {
        add(role, item);
      }
    }
  };

  for (const key of ['resources', 'bases']) {
    itemsAt(root, key).forEach((item) => add('resource', item));
  }
  itemsAt(root, 'components').forEach((item) => add('component', item));
  itemsAt(root, 'crds').forEach((item) => add('crd', item));
  itemsAt(root, 'configurations').forEach((item) => add('transformer', item));
  for (const key of ['generators', 'transformers', 'validators']) {
    addPathOrInline('transformer', key);
  }
  addPathOrInline('patch', 'patchesStrategicMerge');
  for (const key of ['patches', 'patchesJson6902']) {
    itemsAt(root, key).forEach((item) =>
      add('patch', pairOf(item, 'path')?.value, undefined, selectorOf(nodeAt(item, ['target']))),
    );
  }
  itemsAt(root, 'replacements').forEach((item) => add('transformer', pairOf(item, 'path')?.value));
  for (const key of ['configMapGenerator', 'secretGenerator']) {
    for (const generator of itemsAt(root, key)) {
      for (const item of itemsAt(generator, 'files')) {
        const scalar = resolved(item);
        if (scalar?.kind === 'scalar') {
          add('input', item, scalar.text.slice(scalar.text.indexOf('=') + 1));
        }
      }
      itemsAt(generator, 'envs').forEach((item) => add('input', item));
      add('input', pairOf(generator, 'env')?.value);
    }
  }
  const charts = itemsAt(root, 'helmCharts');
  for (const chart of charts) {
    add('values', pairOf(chart, 'valuesFile')?.value);
    itemsAt(chart, 'additionalValuesFiles').forEach((item) => add('values', item));
  }
  const openApi = nodeAt(root, ['openapi']);
  add('transformer', openApi === undefined ? undefined : pairOf(openApi, 'path')?.value);

  return {
    dir,
    path: facts.path,
    component: textAt(root, 'kind') === 'Component',
    namespace: textAt(root, 'namespace'),
    references,
    remote,
    helmCharts: charts.length > 0 || itemsAt(root, 'helmChartInflationGenerator').length > 0,
    at: locationOf(file, root ?? { kind: 'scalar', text: '', style: 'plain', start: 0, end: 0 }),
  };
}

/** References that name nothing. `dirs` are the folders that hold a kustomization. */
export function missingReferences(facts: FileFacts, kustomization: Kustomization, files: FileSet): Problem[] {
  const file: PlacedYaml = { path: facts.path, parsed: facts.parsed() };
  const problems: Problem[] = [];
  for (const reference of kustomization.references) {
    const { path, role, text } = reference;
    if (isRemote(text)) {
      continue;
    }
    if (path === undefined) {
      problems.push(
        problemAt(file, reference.node, 'kustomize/missing-file', 'error', `${text} lies outside the repository.`),
      );
    } else if (files.files.has(path)) {
      continue;
    } else if (!files.folders.has(path)) {
      problems.push(problemAt(file, reference.node, 'kustomize/missing-file', 'error', `${text} does not exist.`));
    } else if (role !== 'resource' && role !== 'component' && role !== 'transformer') {
      problems.push(
        problemAt(
          file,
          reference.node,
          'kustomize/missing-file',
          'error',
          `${text} is a folder; a file is needed here.`,
        ),
      );
    } else if (kustomizationIn(files, path) === undefined) {
      problems.push(
        problemAt(
          file,
          reference.node,
          'kustomize/missing-file',
          'error',
          `${folderLabel(path)} has no kustomization.yaml.`,
        ),
      );
    } else if (path === kustomization.dir) {
      problems.push(
        problemAt(file, reference.node, 'kustomize/cycle', 'error', `${text} is this kustomization itself.`),
      );
    }
  }
  return problems;
}
