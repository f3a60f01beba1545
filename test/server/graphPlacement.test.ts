// The graph's placement beside kustomize itself: for every root kustomization that builds, the objects of both have the same identities.
import assert from 'node:assert/strict';
import { createFileTree } from '../../server/src/adapters/nodeFiles';
import { isClusterScopedBuiltin } from '../../server/src/core/graph/clusterKinds';
import { isRead, readEntry, type FileEntry } from '../../server/src/core/graph/fileEntry';
import { placeSource } from '../../server/src/core/graph/placement';
import { folderOf } from '../../server/src/core/workspace/paths';
import { discover } from '../../server/src/core/workspace/discover';
import { createEngines, type Engines } from '../../server/src/adapters/engines';
import { renderSource } from '../../server/src/core/render/renderSource';
import { productFolder } from '../../server/src/productFolder';
import { publicModules } from '../support/goModules';
import { checkout, corpus } from '../support/shared';
import path from 'node:path';

interface Compared {
  kustomizations: number;
  objects: number;
  failed: number;
  different: string[];
}

/** Places and renders every root kustomization of a repository. */
async function compare(root: string, engines: Engines): Promise<Compared> {
  const tree = createFileTree(root);
  const workspace = await discover(tree);
  const entries = new Map<string, FileEntry>();
  const filesOf = new Map<string, string[]>();
  for (const file of workspace.files) {
    entries.set(file.path, readEntry(file, isRead(file) ? await tree.read(file.path) : undefined));
    file.sources.forEach((id) => filesOf.set(id, [...(filesOf.get(id) ?? []), file.path]));
  }
  const kustomizations = new Map(
    [...entries.values()].flatMap((e) => (e.layer === undefined ? [] : [[folderOf(e.path), e.path] as const])),
  );
  const result: Compared = { kustomizations: 0, objects: 0, failed: 0, different: [] };
  for (const source of workspace.sources) {
    if (source.render.tool !== 'kustomize' || !source.root) {
      continue;
    }
    const rendering = await renderSource(source, tree, undefined, {
      renderer: engines.renderer,
      scope: () => undefined,
    });
    if (rendering.failure !== undefined) {
      result.failed++;
      continue;
    }
    const placed = placeSource(source, {
      entry: (p) => entries.get(p),
      kustomizations,
      filesOf: (id) => filesOf.get(id) ?? [],
    });
    if (placed.unknown !== undefined) {
      continue;
    }
    const theirs = rendering.resources.map(({ key, object }) => identity(key, generatedName(object)));
    const ours = placed.placed
      .filter(({ partial, made }) => !partial && made !== 'operator')
      .map(({ key, made }) => identity(key, made === 'generator' ? key.name : undefined));
    result.kustomizations++;
    result.objects += theirs.length;
    const missing = subtract(theirs, ours);
    const extra = subtract(ours, theirs);
    if (missing.length + extra.length > 0) {
      result.different.push(`${source.id}: missing ${missing.join(', ')}; extra ${extra.join(', ')}`);
    }
  }
  return result;
}

function identity(
  { group, kind, namespace, name }: { group: string; kind: string; namespace: string; name: string },
  generated?: string,
): string {
  return `${group}/${kind} ${isClusterScopedBuiltin(group, kind) ? '' : namespace}/${generated ?? name}`;
}

/** A generated name without its hash, where the object has one. */
function generatedName(object: { kind: string; metadata: Record<string, unknown> }): string | undefined {
  const { name } = object.metadata;
  if (typeof name !== 'string') {
    return undefined;
  }
  return (object.kind === 'ConfigMap' || object.kind === 'Secret') && /-[bcdfghkmt2456789]{10}$/.test(name)
    ? name.slice(0, -11)
    : undefined;
}

function subtract(a: readonly string[], b: readonly string[]): string[] {
  const rest = [...b];
  return a.filter((text) => {
    const at = rest.indexOf(text);
    if (at >= 0) {
      rest.splice(at, 1);
    }
    return at < 0;
  });
}

describe('placement of objects, beside kustomize', function () {
  this.timeout(600_000);
  let engines: Engines;
  const total = { kustomizations: 0, objects: 0, different: 0, failed: 0 };
  before(() => {
    engines = createEngines({
      folder: productFolder('engines'),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
  });
  after(async () => {
    await engines.dispose();
    console.log(
      `      ${total.objects} objects of ${total.kustomizations} kustomizations: ${total.kustomizations - total.different} agree, ${total.failed} do not build`,
    );
  });
  const repositories: [string, string][] = [['examples/shop', path.join(checkout, 'examples/shop/files')]];
  for (const name of ['flux2-kustomize-helm-example', 'podinfo']) {
    const folder = corpus(name);
    if (folder !== undefined) {
      repositories.push([name, folder]);
    }
  }
  for (const [name, folder] of [...repositories, ...publicModules()]) {
    it(name, async () => {
      const compared = await compare(folder, engines);
      total.kustomizations += compared.kustomizations;
      total.objects += compared.objects;
      total.different += compared.different.length;
      total.failed += compared.failed;
      assert.deepEqual(compared.different, []);
    });
  }
});
