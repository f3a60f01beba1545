// The custom kinds that the repository defines itself: wherever a CustomResourceDefinition lies as it stands, in manifests, in a
// chart's `crds` folder or templates, vendored or not. They win over what Plumbline brings and over what a cluster said.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import type { FileTree } from '../ports';
import type { SchemaStore } from '../schema/schemaStore';
import { isWithin } from '../workspace/paths';
import type { FileRole, Workspace } from '../workspace/source';
import { parseYaml } from '../yaml/parse';
import { toJson } from '../yaml/resolve';

/** The workspace whose definitions a store holds, and the files that they are in. */
const definedFrom = new WeakMap<SchemaStore, { workspace: Workspace; files: ReadonlyMap<string, string> }>();

const defining = new Set<FileRole>(['manifest', 'crd', 'template']);

/**
 * Puts the definitions of the workspace into the store. Looked for once per discovery: who edits a definition gets a new workspace.
 * `step` is told of progress, and throws where the work is to stop.
 */
export async function defineKinds(
  workspace: Workspace,
  tree: Pick<FileTree, 'read'>,
  store: SchemaStore,
  step: (text: string) => void,
): Promise<void> {
  const before = definedFrom.get(store);
  if (before?.workspace === workspace) {
    return;
  }
  /** What is defined in files, by text: a text that was read before is not parsed again. */
  const files = new Map<string, string>();
  const folders = workspace.configuration.schemas.map((folder) => folder.replace(/^\.?\//, '').replace(/\/$/, ''));
  let done = 0;
  for (const { path, role } of workspace.files) {
    if (done++ % 500 === 0) {
      step(`Reading files … ${done}/${workspace.files.length}`);
    }
    if (defining.has(role) || folders.some((folder) => isWithin(folder, path))) {
      const text = (await tree.read(path)) ?? '';
      if (before?.files.get(path) === text) {
        files.set(path, text);
        continue;
      }
      const definitions = definitionsIn(text, role);
      store.setCrds('workspace', path, definitions);
      if (definitions.length > 0) {
        files.set(path, text);
      }
    }
  }
  for (const path of before?.files.keys() ?? []) {
    if (!files.has(path)) {
      store.setCrds('workspace', path, []);
    }
  }
  definedFrom.set(store, { workspace, files });
}

/** A template with actions is no YAML yet; what it becomes is defined when its chart is rendered. */
function definitionsIn(text: string, role: FileRole): JsonObject[] {
  if (!text.includes('CustomResourceDefinition') || (role === 'template' && text.includes('{{'))) {
    return [];
  }
  return parseYaml(text)
    .documents.map((document) => toJson(document.root))
    .filter(isDefinition);
}

export function isDefinition(value: JsonValue): value is JsonObject {
  return isObject(value) && value['kind'] === 'CustomResourceDefinition';
}
