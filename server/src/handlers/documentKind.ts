// What a document is and why: for the status bar, the hover on kind and apiVersion, and whoever asks whether it is ours.
import { versionsOf } from '../core/check/versions';
import { describeDocument, type DocumentDescription, type Remark } from '../core/kinds/describe';
import type { KindId } from '../core/kinds/kind';
import { detect } from '../core/kinds/registry';
import { documentKindRequest, ownedDocumentsRequest, type DocumentKindView, type RemarkView } from '../core/protocol';
import type { FileRole } from '../core/workspace/source';
import { documentAt, pathAt } from '../core/yaml/path';
import type { YamlDocument } from '../core/yaml/tree';
import { fileOf, type OpenRepository } from '../openRepository';
import { on } from '../requests';
import type { Session } from '../session';
import { neighboursOf, placeOfDocument, type CaretPlace, type DocumentPlace } from './documentPlace';
import type { HoverPart } from './hover';

const ownedRoles: ReadonlySet<FileRole> = new Set<FileRole>([
  'manifest',
  'kustomization',
  'patch',
  'chart',
  'template',
  'crd',
  'configuration',
]);
/** Values are checked against the chart's schema, which the other extension may know how to find. */
const foreign: ReadonlySet<KindId> = new Set<KindId>(['other', 'toolConfiguration', 'chartValues']);

export function registerDocumentKind(session: Session): void {
  on(session, documentKindRequest, async ({ uri, line }) => {
    const place = await placeOfDocument(session, uri);
    if (place === undefined) {
      return null;
    }
    await place.repository.graph();
    const { parsed } = place.document;
    const document = documentAt(parsed, parsed.lines.offsetAt({ line, character: 0 }));
    const description =
      document === undefined ? undefined : describe(place, document, session.settings.kubernetesVersion);
    return description?.ours === true ? viewOf(description, place.repository) : null;
  });
  on(session, ownedDocumentsRequest, async () => {
    const uris = new Set<string>();
    for (const repository of await session.all()) {
      const { files } = await repository.workspace();
      files.filter(({ role }) => ownedRoles.has(role)).forEach(({ path }) => uris.add(repository.uriOf(path)));
    }
    // What is open says more exactly what it is, and may be newer than what discovery read.
    for (const { uri } of session.documents.all()) {
      const place = await placeOfDocument(session, uri);
      if (place !== undefined) {
        const isOurs = detectIn(place).some(({ kind }) => !foreign.has(kind.id));
        uris[isOurs ? 'add' : 'delete'](uri);
      }
    }
    return { uris: [...uris] };
  });
}

function detectIn(place: DocumentPlace): ReturnType<typeof detect> {
  return detect(place.path, place.document.parsed, neighboursOf(place));
}

function describe(
  place: DocumentPlace,
  document: YamlDocument,
  kubernetesVersion: string,
): DocumentDescription | undefined {
  const { path, workspace, repository } = place;
  const detected = detectIn(place).find((one) => one.document === document);
  const sources = fileOf(workspace, path)?.sources ?? [];
  return detected === undefined
    ? undefined
    : describeDocument(detected, {
        path,
        parsed: place.document.parsed,
        workspace,
        versions: versionsOf(workspace, sources, {
          ...(kubernetesVersion === '' ? {} : { kubernetesVersion }),
          clusters: place.schemas.clusters,
          known: repository.clusterVersions,
        }),
        store: place.schemas,
        graph: repository.lastGraph,
      });
}

function viewOf(description: DocumentDescription, repository: OpenRepository): DocumentKindView {
  const remark = ({ text, at }: Remark): RemarkView =>
    at === undefined ? { text } : { text, uri: repository.uriOf(at.path), range: at.range };
  const { title, part, what, because, remarks, schema, versions } = description;
  return {
    title,
    ...(part === undefined ? {} : { part }),
    what,
    because: remark(because),
    remarks: remarks.map(remark),
    ...(schema === undefined ? {} : { schema: remark(schema) }),
    versions: versions.map(({ minor, environments }) => ({ minor, environments: [...environments] })),
  };
}

/** On the values of `kind` and `apiVersion`: what the document is there, above what the kind is. */
export function documentKindHover(place: CaretPlace): HoverPart | undefined {
  const at = pathAt(place.yaml, place.offset);
  const [field] = at?.path ?? [];
  if (at === undefined || at.path.length !== 1 || at.inKey || (field !== 'kind' && field !== 'apiVersion')) {
    return undefined;
  }
  const description = describe(place, place.yaml, '');
  if (description?.ours !== true) {
    return undefined;
  }
  const link = ({ text, at: to }: Remark): string =>
    to === undefined
      ? escaped(text)
      : `[${escaped(text)}](${place.repository.uriOf(to.path)}#L${to.range.start.line + 1})`;
  const lines = [
    `**${escaped(description.what)}**`,
    `because ${link(description.because)}`,
    ...description.remarks.map(link),
    ...(description.versions.some(({ environments }) => environments.length > 0)
      ? [`Checked for ${description.versions.map(versionText).join(', ')}`]
      : []),
  ];
  return {
    markdown: lines.join('  \n'),
    range: place.document.parsed.lines.range(at.node.start, at.node.end),
  };
}

function versionText({ minor, environments }: DocumentDescription['versions'][number]): string {
  return `Kubernetes ${minor}${environments.length === 0 ? '' : ` (${environments.map(escaped).join(', ')})`}`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|]/g, '\\$&');
}
