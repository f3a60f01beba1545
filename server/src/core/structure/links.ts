// Paths in the files that go by paths: kustomizations, charts, Plumbline's own configuration, Flux and Argo CD objects, schema directives.
// A path is a link only where something is there.
import { identityOf } from '../kinds/identity';
import type { KindId } from '../kinds/kind';
import type { JsonPath } from '../json';
import { groupOf } from '../resource';
import { folderOf, joinPath } from '../workspace/paths';
import { follow } from '../yaml/resolve';
import type { Node, ParsedYaml, YamlDocument } from '../yaml/tree';

export interface Link {
  start: number;
  end: number;
  /** Repository-relative path of a file. */
  target: string;
}

export interface LinkedDocument {
  document: YamlDocument;
  kind: KindId;
}

/** Where paths stand, and what they begin at. `*` stands for every item and every key. */
interface PathRule {
  at: JsonPath;
  from: 'file' | 'root';
  /** `name=path`, as kustomize's generators have it. */
  named?: boolean;
}

const here = (...paths: string[]): PathRule[] => paths.map((path) => ({ at: path.split('/'), from: 'file' }));
const root = (...paths: string[]): PathRule[] => paths.map((path) => ({ at: path.split('/'), from: 'root' }));

const kustomization: PathRule[] = [
  ...here(
    'resources/*', 'bases/*', 'components/*', 'crds/*', 'configurations/*', 'generators/*', 'transformers/*', 'validators/*',
    'patches/*/path', 'patchesStrategicMerge/*', 'patchesJson6902/*/path', 'replacements/*/path', 'openapi/path', 'helmCharts/*/valuesFile',
    'helmCharts/*/additionalValuesFiles/*',
  ),
  ...['configMapGenerator', 'secretGenerator'].flatMap((generator) =>
    ['files', 'envs'].map((list): PathRule => ({ at: [generator, '*', list, '*'], from: 'file', named: true })),
  ),
]; // prettier-ignore
const byKind: Partial<Record<KindId, PathRule[]>> = {
  kustomization,
  plumblineConfig: root('baseline', 'schemas/*', 'environments/*/sources/*', 'environments/*/target/snapshot'),
};
const byGroup: Record<string, PathRule[]> = {
  'kustomize.toolkit.fluxcd.io': root('spec/path'),
  'argoproj.io': root('spec/source/path', 'spec/sources/*/path'),
};

/** `resolve` gives the file that a path leads to: itself, or what a folder is entered by; undefined where there is nothing. */
export function documentLinks(
  path: string,
  parsed: ParsedYaml,
  documents: readonly LinkedDocument[],
  resolve: (path: string) => string | undefined,
): Link[] {
  const links: Link[] = [];
  const add = (start: number, end: number, text: string, from: string): void => {
    const target = text === '' || /^[a-z][a-z0-9+.-]*:/i.test(text) ? undefined : resolve(joinPath(from, text) ?? '..');
    if (target !== undefined && target !== path) {
      links.push({ start, end, target });
    }
  };
  for (const { document, kind } of documents) {
    const identity = identityOf(document.root);
    const rules = byKind[kind] ?? byGroup[identity === undefined ? '' : groupOf(identity.apiVersion)] ?? [];
    for (const { at, from, named } of rules) {
      for (const node of nodesAt(document.root, at)) {
        if (node.kind !== 'scalar' || node.style === 'literal' || node.style === 'folded' || node.text.includes('\n')) {
          continue;
        }
        const name = named === true ? node.text.indexOf('=') + 1 : 0;
        const quote = node.style === 'plain' ? 0 : 1;
        add(node.start + quote + name, node.end - quote, node.text.slice(name), from === 'root' ? '' : folderOf(path));
      }
    }
    for (const { start, end } of document.comments) {
      const directive = /^#\s*yaml-language-server:\s*\$schema=(\S+)/.exec(parsed.text.slice(start, end));
      const schema = directive?.[1];
      if (schema !== undefined) {
        const from = parsed.text.indexOf(schema, start);
        add(from, from + schema.length, schema, folderOf(path));
      }
    }
  }
  return links.sort((a, b) => a.start - b.start);
}

function nodesAt(node: Node | undefined, path: JsonPath): Node[] {
  const target = node === undefined ? undefined : follow(node);
  const [step, ...rest] = path;
  if (target === undefined || step === undefined) {
    // An alias stands elsewhere: the path at its place is no text of a path.
    return node === undefined || node !== target ? [] : [node];
  }
  if (target.kind === 'seq' && step === '*') {
    return target.items.flatMap((item) => nodesAt(item, rest));
  }
  return target.kind === 'map'
    ? target.pairs
        .filter(({ key }) => key.kind === 'scalar' && key.text === step)
        .flatMap(({ value }) => nodesAt(value, rest))
    : [];
}
