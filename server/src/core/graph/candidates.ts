// What may be written where a reference stands: names that exist where its object is deployed.
import { relativePath, folderOf } from '../workspace/paths';
import type { ReferenceFact } from './facts';
import type { FileEntry } from './fileEntry';
import type { NameCandidate } from './graph';
import type { Target } from './linker';
import type { GraphContext } from './liveGraph';
import type { Placed } from './placement';

interface Offer {
  text: string;
  target: Target;
  detail: string;
}

export function candidatesAt(
  entry: FileEntry,
  offset: number,
  context: GraphContext,
): { from: number; to: number; items: readonly NameCandidate[] } | undefined {
  const reference = entry.references
    .filter(
      ({ document, start, end, slack, entity }) =>
        entity !== 'label' && document.start + start <= offset && offset <= document.start + end + slack,
    )
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  if (reference === undefined) {
    return undefined;
  }
  const items = new Map<string, NameCandidate>();
  for (const { text, target, detail } of offers(entry, reference, context)) {
    if (!items.has(text)) {
      items.set(text, { text, definition: context.definitionOf(target), detail });
    }
  }
  const from = reference.text === '' ? offset : reference.document.start + reference.start;
  const to = reference.text === '' ? offset : reference.document.start + reference.end;
  return { from, to, items: [...items.values()].sort((a, b) => (a.text < b.text ? -1 : 1)) };
}

function offers(entry: FileEntry, reference: ReferenceFact, context: GraphContext): Offer[] {
  const { linker, state } = context;
  switch (reference.entity) {
    case 'file':
    case 'folder':
      return paths(entry, reference, context);
    case 'object':
      if (reference.object === undefined) {
        return state.scopes.flatMap((scope) =>
          (scope.byKustomization.get(entry.path) ?? []).flatMap((source) =>
            scope.sources
              .filter((placed) => placed.source === source)
              .flatMap(({ placed }) => placed.flatMap((object) => offerObject(object, reference, undefined, context))),
          ),
        );
      }
      return linker
        .placedOf(entry, reference.object)
        .flatMap(({ scope, placed }) =>
          scope.sources.flatMap((source) =>
            source.placed.flatMap((object) => offerObject(object, reference, placed, context)),
          ),
        );
    case 'key':
    case 'port':
    case 'container':
    case 'volume':
    case 'claimTemplate':
    case 'label':
    case 'variable':
      return reference.object === undefined
        ? []
        : linker.placedOf(entry, reference.object).flatMap(({ scope, placed }) => {
            const holders =
              reference.via !== undefined
                ? linker.objects(scope, placed, reference.via)
                : reference.selector !== undefined
                  ? linker.chosen(scope, placed, reference).map((chosen) => chosen.placed)
                  : placed.patched.length > 0
                    ? placed.patched
                    : [placed];
            const entities =
              reference.entity === 'volume' ? (['volume', 'claimTemplate'] as const) : ([reference.entity] as const);
            return holders.flatMap((holder) =>
              entities.flatMap((entity) =>
                linker.definitionsOf(holder, entity).map(({ entry: at, fact }) => ({
                  text: fact.name,
                  target: { entry: at, fact },
                  detail: `${fact.entity} of ${holder.key.kind} ${holder.key.name}`,
                })),
              ),
            );
          });
  }
}

function offerObject(
  object: Placed,
  reference: ReferenceFact,
  from: Placed | undefined,
  { linker, state }: GraphContext,
): Offer[] {
  const { kinds } = reference;
  const fits =
    kinds.length === 0 ||
    kinds.some(({ group, kind }) => kind === object.key.kind && (group === '*' || group === object.key.group));
  if (object.partial || !fits) {
    return [];
  }
  const wanted = reference.namespace ?? from?.key.namespace;
  if (
    !reference.cluster &&
    from !== undefined &&
    object.key.namespace !== '' &&
    object.key.namespace !== wanted &&
    from.key.namespace !== ''
  ) {
    return [];
  }
  const written = linker.objectOf(object);
  const entry = state.entries.get(object.entry);
  const fact = written?.definitions.find(({ entity }) => entity === 'object');
  if (entry === undefined || fact === undefined) {
    return [];
  }
  const sameSource = from === undefined || from.source === object.source;
  return [
    {
      text: sameSource ? (object.names[0] ?? '') : object.key.name,
      target: { entry, fact },
      detail: `${object.key.kind} in ${object.entry}`,
    },
  ];
}

function paths(entry: FileEntry, reference: ReferenceFact, { state }: GraphContext): Offer[] {
  const from = reference.line.from === 'file' ? folderOf(entry.path) : '';
  const write = (path: string): string => {
    const text = relativePath(from, path);
    return reference.line.from === 'source' && reference.entity === 'folder' ? `./${text}` : text;
  };
  const offered: Offer[] = [];
  const isResource = /^kustomize (resource|base)$/.test(reference.line.role);
  if (reference.entity === 'file') {
    for (const [path, { file }] of state.entries) {
      const fits = isResource ? file.role === 'manifest' : file.role !== 'kustomization';
      if (fits && path !== entry.path && (!isResource || folderOf(path).startsWith(from))) {
        offered.push({ text: write(path), target: { path, folder: false }, detail: file.role });
      }
    }
  }
  if (reference.entity === 'folder' || isResource) {
    for (const folder of state.folders) {
      const file = state.entries.get(folder === '' ? 'kustomization.yaml' : `${folder}/kustomization.yaml`);
      const isComponent = file?.layer?.component === true;
      const wantsComponent = reference.line.role.startsWith('kustomize component');
      const fits = reference.line.from === 'source' ? true : file !== undefined && isComponent === wantsComponent;
      if (fits && folder !== from) {
        offered.push({ text: write(folder), target: { path: folder, folder: true }, detail: 'folder' });
      }
    }
  }
  return offered;
}
