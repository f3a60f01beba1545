// Where a request about a document comes from: its tree, its repository, what it is there, and the Kubernetes version that counts for it.
import { neighboursOf as neighboursOfFile } from '../core/check/neighbours';
import type { Neighbours } from '../core/kinds/kind';
import { clusterOf, versionOf } from '../core/check/versions';
import { directivesOf } from '../core/schema/directive';
import { plainSchema } from '../core/schema/plainSchema';
import type { KindSchema, SchemaStore } from '../core/schema/schemaStore';
import { configFile } from '../core/workspace/config';
import type { FileRole, Workspace } from '../core/workspace/source';
import type { YamlDocument } from '../core/yaml/tree';
import { documentAt } from '../core/yaml/path';
import { fileOf, type OpenRepository } from '../openRepository';
import type { OpenDocument, Session } from '../session';

export interface DocumentPlace {
  uri: string;
  /** Repository-relative. */
  path: string;
  document: OpenDocument;
  repository: OpenRepository;
  /** The newest one known; it may be older than the text. */
  workspace: Workspace;
  role: FileRole | undefined;
  /** Kubernetes version, for example `1.35`; undefined: the newest one known. */
  minor: string | undefined;
  /** The schemas that count for it. */
  schemas: SchemaStore;
}

/** What the repository says about the file, for recognising its documents. */
export function neighboursOf({ workspace, path }: DocumentPlace): Neighbours {
  return neighboursOfFile(workspace, fileOf(workspace, path));
}

/** The schema of a file that goes by a table of ours; undefined for objects and everything else. */
export function schemaOfFile({ path, role }: DocumentPlace): KindSchema | undefined {
  const kind =
    path === configFile
      ? 'plumblineConfig'
      : role === 'kustomization'
        ? 'kustomization'
        : /(?:^|\/)Chart\.yaml$/.test(path)
          ? 'chart'
          : undefined;
  return kind === undefined ? undefined : plainSchema(kind);
}

/** A place inside one `---` document. */
export interface CaretPlace extends DocumentPlace {
  offset: number;
  yaml: YamlDocument;
}

export interface PositionParams {
  textDocument: { uri: string };
  position: { line: number; character: number };
}

/** Undefined for what is not open, or lies on no disk. */
export async function placeOfDocument(session: Session, uri: string): Promise<DocumentPlace | undefined> {
  const place = await session.placeOf(uri);
  const workspace = place && (place.repository.lastWorkspace ?? (await place.repository.workspace()));
  // Read last: the text may have changed while discovery ran.
  const document = session.document(uri);
  if (document === undefined || place === undefined || workspace === undefined) {
    return undefined;
  }
  const file = fileOf(workspace, place.path);
  const owner = workspace.environments.find((e) => e.sources.some((id) => file?.sources.includes(id)));
  const { kubernetesVersion } = session.settings;
  const store = place.repository.services.schemas();
  const options = { clusters: store.clusters, known: place.repository.clusterVersions };
  const minor = versionOf(owner, kubernetesVersion === '' ? options : { ...options, kubernetesVersion });
  const schemas = store.forCluster(clusterOf(owner, options));
  return { uri, ...place, document, workspace, role: file?.role, minor, schemas };
}

/** The place of a caret where schemas and references apply. Templates are left alone: their text is no YAML yet. */
export async function placeOfCaret(session: Session, params: PositionParams): Promise<CaretPlace | undefined> {
  const place = await placeOfDocument(session, params.textDocument.uri);
  if (place === undefined || place.role === 'template') {
    return undefined;
  }
  const { parsed } = place.document;
  const offset = parsed.lines.offsetAt(params.position);
  const yaml = documentAt(parsed, offset);
  if (yaml === undefined) {
    return undefined;
  }
  const directive = directivesOf(parsed, place.path, place.repository.services.root).get(yaml.index);
  const schemas = place.schemas.forNamed(directive?.kind === 'file' ? directive.target : undefined);
  return { ...place, schemas, offset, yaml };
}
