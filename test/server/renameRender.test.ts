// A rename is right when kustomize itself makes the same of the repository as before, except for the name: every definition of real
// repositories is renamed, rendered by the real engine, and renamed back to the same bytes.
import * as assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { overlayFiles } from '../../server/src/adapters/engineFiles';
import { instantiate, type EngineInstance } from '../../server/src/adapters/engineModule';
import type { Definition } from '../../server/src/core/graph/graph';
import type { ChangePlan } from '../../server/src/core/navigate/plan';
import { planMoves } from '../../server/src/core/navigate/movePaths';
import { moved, type Move } from '../../server/src/core/navigate/pathTexts';
import { planRename, prepareRename } from '../../server/src/core/navigate/rename';
import { isKustomizationFile } from '../../server/src/core/workspace/paths';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { graphOf } from '../support/graphFixture';
import { applied, edgesOf, planFiles, type Files } from '../support/planned';
import { repositoryOf } from '../support/repository';
import { checkout, corpus } from '../support/shared';

const roots = [
  path.join(checkout, 'examples/shop/files'),
  path.join(checkout, 'engines/render/testdata'),
  ...['podinfo', 'flux2-kustomize-helm-example'].flatMap((name) => corpus(name) ?? []),
];

describe('rename and the real kustomize', () => {
  let engine: EngineInstance;
  before(() => {
    engine = instantiate(new WebAssembly.Module(fs.readFileSync(path.join(checkout, 'dist/engines/render.wasm'))));
  });

  /** What kustomize makes of a folder, with what it read; undefined where it makes nothing. */
  const render = (root: string, dir: string, files: Files): { yaml: string; reads: string[] } | undefined => {
    const answer = JSON.parse(
      engine.call(
        'kustomize',
        JSON.stringify({ dir, origins: false }),
        overlayFiles(root, new Map(Object.entries(files))),
      ),
    ) as { result?: { yaml?: string; reads: string[] }; error?: unknown };
    const { result } = answer;
    return result?.yaml === undefined ? undefined : { yaml: result.yaml, reads: result.reads };
  };

  for (const root of roots) {
    it(`renames everything in ${path.basename(root)} and changes nothing else`, async function () {
      this.timeout(300_000);
      const files = filesBelow(root);
      const { graph } = await graphOf(files);
      const paths = Object.keys(files);
      const edges = edgesOf(graph, paths);
      const rendered = paths
        .filter(isKustomizationFile)
        .map((file) => path.posix.dirname(file))
        .flatMap((dir) => {
          const before = render(root, dir, {});
          return before === undefined ? [] : [{ dir, ...before }];
        });
      let renamed = 0;
      for (const definition of paths.flatMap((file) => graph.definitionsIn(file))) {
        const { entity } = definition;
        // A key is renamed where it is read: where a generator takes it from a file, the name there is the file's.
        const [use] = entity === 'key' ? graph.referencesTo(definition) : [];
        const at = use?.reference.from ?? definition.at;
        if (entity === 'file' || entity === 'folder') {
          continue;
        }
        const what = `${entity} ${definition.name} in ${at.path}:${at.range.start.line + 1}`;
        const parsed = parseYaml(files[at.path] ?? '');
        const offset = parsed.lines.offsetAt(entity === 'label' ? at.range.end : at.range.start);
        const start = prepareRename(graph, { path: at.path, parsed }, offset);
        if (start === undefined || 'refused' in start) {
          continue;
        }
        const newName = newNameOf(definition);
        const there = await planRename(graph, planFiles(files), { path: at.path, offset, newName });
        if ('refused' in there || there.plan.moves.length > 0) {
          continue;
        }
        const after = applied(files, there.plan);
        const second = await graphOf(after);
        assert.deepStrictEqual(edgesOf(second.graph, paths), edges, what);
        const changed = Object.fromEntries(Object.entries(after).filter(([file, text]) => files[file] !== text));
        for (const { dir, yaml, reads } of rendered) {
          if (reads.some((file) => file in changed)) {
            const now = render(root, dir, changed);
            assert.ok(now, `${what}: ${dir} renders no more`);
            assert.deepStrictEqual(
              linesWith(now.yaml, newName, start.placeholder),
              linesWith(yaml, start.placeholder, start.placeholder),
              `${what} in ${dir}`,
            );
          }
        }
        const back = await planRename(second.graph, planFiles(after), {
          path: at.path,
          offset: offsetAfter(files, after, there.plan, at.path, offset),
          newName: start.placeholder,
        });
        assert.ok(!('refused' in back), `${what}: ${'refused' in back ? back.refused : ''}`);
        assert.deepStrictEqual(applied(after, back.plan), files, what);
        renamed++;
      }
      assert.ok(renamed > 10, `only ${renamed}`);
    });
  }
});

describe('moved files and the real kustomize', () => {
  let engine: EngineInstance;
  before(() => {
    engine = instantiate(new WebAssembly.Module(fs.readFileSync(path.join(checkout, 'dist/engines/render.wasm'))));
  });
  const render = (root: string, dir: string): { yaml: string | undefined; reads: string[] } => {
    const { result } = JSON.parse(
      engine.call('kustomize', JSON.stringify({ dir, origins: false }), overlayFiles(root, new Map())),
    ) as { result?: { yaml?: string; reads: string[] } };
    return { yaml: result?.yaml?.replace(/-[bcdfghkmt2456789]{10}\b/g, ''), reads: result?.reads ?? [] };
  };

  for (const root of roots) {
    it(`moves every file and folder of ${path.basename(root)}, and back`, async function () {
      this.timeout(300_000);
      const files = filesBelow(root);
      const paths = Object.keys(files);
      const { graph } = await graphOf(files);
      const folders = paths.filter(isKustomizationFile).map((file) => path.posix.dirname(file));
      const before = new Map(folders.map((dir) => [dir, render(root, dir)]));
      let followed = 0;
      for (const move of movesOf(paths)) {
        const plan = await planMoves(graph, planFiles(files), [move]);
        if (plan.notes.length > 0) {
          continue;
        }
        const what = `${move.from} → ${move.to}`;
        const after = applied(files, plan);
        const elsewhere = repositoryOf(after);
        const touched = (file: string): boolean => moved(file, [move]) !== file || after[file] !== files[file];
        for (const [dir, { yaml }] of [...before].filter(([, { reads }]) => reads.some(touched))) {
          assert.strictEqual(render(elsewhere, moved(dir, [move])).yaml, yaml, `${what}: ${dir}`);
        }
        fs.rmSync(elsewhere, { recursive: true });
        const second = (await graphOf(after)).graph;
        const pathAfter = (file: string): string => moved(file, [move]);
        assert.deepStrictEqual(edgesOf(second, Object.keys(after)), edgesOf(graph, paths, pathAfter), what);
        const back = await planMoves(second, planFiles(after), [{ from: move.to, to: move.from }]);
        assert.deepStrictEqual(applied(after, back), files, what);
        followed++;
      }
      assert.ok(followed > 20, `only ${followed}`);
    });
  }
});

/** Each file under another name; each folder under another name, and in another place. */
function movesOf(paths: readonly string[]): Move[] {
  const folders = new Set(
    paths.flatMap((file) =>
      file
        .split('/')
        .slice(0, -1)
        .map((_, depth, parts) => parts.slice(0, depth + 1).join('/')),
    ),
  );
  const renamed = (from: string): Move => ({
    from,
    to: path.posix.join(path.posix.dirname(from), `zq-${path.posix.basename(from)}`),
  });
  return [
    ...paths.filter((file) => !isKustomizationFile(file) && !file.endsWith('/Chart.yaml')).map(renamed),
    ...[...folders].flatMap((from) => [renamed(from), { from, to: `moved/deep/${path.posix.basename(from)}` }]),
  ];
}

/** A name that stands nowhere yet and that every entity takes. */
function newNameOf({ entity }: Definition): string {
  return entity === 'variable' ? 'zqx' : 'zq-x';
}

/** Where an offset is after the edits of a plan. */
function offsetAfter(before: Files, after: Files, plan: ChangePlan, file: string, offset: number): number {
  const { lines } = parseYaml(before[file] ?? '');
  const shift = plan.edits
    .filter((edit) => edit.path === file && lines.offsetAt(edit.range.end) <= offset)
    .reduce(
      (sum, { range, newText }) => sum + newText.length - (lines.offsetAt(range.end) - lines.offsetAt(range.start)),
      0,
    );
  return Math.min(offset + shift, after[file]?.length ?? 0);
}

/** Sorted lines with one name for another, and without the hashes of generated names, which the name is part of. */
function linesWith(yaml: string, name: string, instead: string): string[] {
  return yaml
    .replaceAll(name, instead)
    .replace(/-[bcdfghkmt2456789]{10}\b/g, '')
    .split('\n')
    .map((line) => line.replace(/["']/g, '').trim())
    .sort();
}

function filesBelow(root: string): Files {
  const files: Files = {};
  const walk = (folder: string): void => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== '.git' && entry.name !== 'snapshots') {
        walk(file);
      } else if (
        entry.isFile() &&
        /(\.(ya?ml|json|env|properties|txt|tpl|toml|conf|sh|ini)|\/Kustomization)$/.test(file)
      ) {
        files[file] = fs.readFileSync(path.join(root, file), 'utf8');
      }
    }
  };
  walk('');
  return files;
}
