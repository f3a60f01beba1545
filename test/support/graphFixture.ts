// Fixtures of the workspace graph: small repositories in one text, with every reference's meaning on a comment line under it.
//
//   name: settings
// #       ^^^^^^^^ ConfigMap of a volume → ConfigMap settings in base/config.yaml
//
// A finding has its severity and rule in the place of the role. `remote=URL` in the first line: the repository was cloned from there.
import { LiveGraph } from '../../server/src/core/graph/liveGraph';
import type { Definition, Edge } from '../../server/src/core/graph/graph';
import type { Problem, Range } from '../../server/src/core/problem';
import { label } from '../../server/src/core/resource';
import { createDiscovery } from '../../server/src/core/workspace/discover';
import type { Workspace } from '../../server/src/core/workspace/source';
import { memoryTree } from './memoryFiles';

const header = /^# file: (\S+)\s*$/;
const marker = /^#(?: *\^+|\^+)(?: \+\d+:\d+)? .*(?:→|: )/;

/** Files of a fixture without their markers. */
export function filesOfFixture(fixture: string): Record<string, string> {
  const files: Record<string, string> = {};
  let current: string | undefined;
  for (const line of fixture.split('\n')) {
    const named = header.exec(line)?.[1];
    if (named !== undefined) {
      current = named;
      files[current] = '';
    } else if (current !== undefined && !marker.test(line)) {
      files[current] += line + '\n';
    }
  }
  for (const [path, text] of Object.entries(files)) {
    files[path] = text.replace(/\n+$/, '\n');
  }
  return files;
}

export interface BuiltGraph {
  graph: LiveGraph;
  workspace: Workspace;
  files: Record<string, string>;
}

export async function graphOf(files: Record<string, string>, remote?: string): Promise<BuiltGraph> {
  const tree = memoryTree(files);
  const discovery = createDiscovery();
  const workspace = await discovery.discover(
    tree,
    remote === undefined ? {} : { remotes: [{ name: 'origin', url: remote }] },
  );
  const graph = new LiveGraph();
  await graph.update(workspace, { text: (path) => discovery.textOf(path), read: (path) => tree.read(path) });
  return { graph, workspace, files };
}

/** The fixture as it would be with what the graph says of it. */
export async function writeFixture(fixture: string): Promise<string> {
  const { graph } = await graphOf(filesOfFixture(fixture), /^[^\n]*\bremote=(\S+)/.exec(fixture)?.[1]);
  let path: string | undefined;
  let line = -1;
  let result = '';
  for (const text of fixture.split(/(?<=\n)/)) {
    const named = header.exec(text)?.[1];
    if (named !== undefined) {
      path = named;
      line = -1;
      result += text;
      continue;
    }
    if (path === undefined) {
      result += text;
      continue;
    }
    if (marker.test(text)) {
      continue;
    }
    line++;
    const here = (range: Range): boolean => range.start.line === line;
    const edges = graph.edgesIn(path).filter(({ reference }) => here(reference.from.range));
    const problems = graph.problems(path).filter(({ range }) => here(range));
    result += text + [...edges.map(edgeMarker), ...problems.map(problemMarker)].join('');
  }
  return result;
}

const caret = ({ start, end }: Range): string => {
  const width = start.line === end.line ? end.character - start.character : 1;
  const further = start.line === end.line ? '' : ` +${end.line - start.line}:${end.character}`;
  return `#${' '.repeat(Math.max(0, start.character - 1))}${'^'.repeat(Math.max(1, start.character === 0 ? width - 1 : width))}${further}`;
};

function edgeMarker({ reference, targets }: Edge): string {
  const meaning = targets.length === 0 ? 'nothing' : targets.map(describe).join(', ');
  return `${caret(reference.from.range)} ${reference.role} → ${meaning}\n`;
}

function problemMarker({ range, severity, rule, message }: Problem): string {
  return `${caret(range)} ${severity} ${rule}: ${message}\n`;
}

/** `ConfigMap ns/name in path`, `key a of ConfigMap ns/name in path`, `path`. */
export function describe(definition: Definition): string {
  const { entity, object, name, at } = definition;
  if (entity === 'file' || entity === 'folder') {
    return name === '' ? '.' : name;
  }
  const holder = object === undefined ? '' : label(object);
  return entity === 'object'
    ? `${holder} in ${at.path}`
    : `${entity} ${name}${holder === '' ? '' : ` of ${holder}`} in ${at.path}`;
}
