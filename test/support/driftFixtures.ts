// The drift fixtures: `test/fixtures/drift/<case>/` with what Git says, what is live, and in `truth.txt` what a real API
// server's forced dry run changed (recorded from Kubernetes 1.36.3 with the manager argocd-controller).
import * as fs from 'node:fs';
import * as path from 'node:path';
import { load } from 'js-yaml';
import { MergeSchema } from '../../server/src/core/drift/mergeSchema';
import type { JsonObject } from '../../server/src/core/json';
import type { Rendering } from '../../server/src/core/render/rendering';
import { readResources } from '../../server/src/core/render/resources';
import type { KubernetesObject } from '../../server/src/core/resource';
import type { Environment, Source } from '../../server/src/core/workspace/source';
import { parseYaml } from '../../server/src/core/yaml/parse';

export const fixturesDir = path.resolve(__dirname, '../../../test/fixtures');
const driftDir = path.join(fixturesDir, 'drift');

export interface DriftCase {
  name: string;
  dir: string;
  desiredText: string;
  desired: KubernetesObject;
  live: KubernetesObject;
  /** `inSync`, `rejected 422`, or the changed paths. */
  truth: string[];
}

export function driftCases(): DriftCase[] {
  return fs
    .readdirSync(driftDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const dir = path.join(driftDir, name);
      const read = (file: string): string => fs.readFileSync(path.join(dir, file), 'utf8');
      return {
        name,
        dir,
        desiredText: read('desired.yaml'),
        desired: load(read('desired.yaml')) as KubernetesObject,
        live: load(read('live.yaml')) as KubernetesObject,
        truth: read('truth.txt')
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      };
    });
}

export function openApiDocuments(): JsonObject[] {
  return [JSON.parse(fs.readFileSync(path.join(driftDir, 'openapi.json'), 'utf8')) as JsonObject];
}

export function fixtureSchema(): MergeSchema {
  const schema = new MergeSchema();
  openApiDocuments().forEach((document) => schema.add(document));
  return schema;
}

/** Content of an expectation file; with UPDATE_EXPECT=1 it is written first. */
export function expectation(file: string, actual: string): string {
  if (process.env.UPDATE_EXPECT === '1') {
    fs.writeFileSync(file, actual);
  }
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '(no such file; run with UPDATE_EXPECT=1)';
}

export function testSource(id = 'folder:apps', kind: Source['kind'] = 'folder'): Source {
  const start = { line: 0, character: 0 };
  return {
    id,
    kind,
    name: id.slice(id.lastIndexOf('/') + 1),
    path: 'apps',
    declared: { path: 'apps', range: { start, end: start } },
    render: { tool: 'folder', files: [] },
    children: [],
    root: true,
  };
}

export function testEnvironment(changes: Partial<Environment> = {}): Environment {
  return {
    name: 'staging',
    sources: ['folder:apps'],
    target: undefined,
    protected: false,
    foundBy: 'configuration',
    ...changes,
  };
}

/** A folder's rendering: every line comes from the same line of one file. */
export function renderingOf(text: string, file = 'apps/file.yaml', source = testSource()): Rendering {
  const parsed = parseYaml(text);
  const origins = text.split('\n').map((_, line) => [{ path: file, line, character: 0, role: 'resource' as const }]);
  const base = { source, parsed, origins };
  const scope = (): boolean | undefined => undefined;
  const { resources } = readResources(base, { scope, namespace: 'default', sourceId: source.id });
  return { ...base, yaml: text, resources, reads: [file], problems: [] };
}
