// YAML of other tools, by its content and, where the tool itself goes by it, by its name. Only what it is called is known here: nothing
// is said about such files.
import { entryOf } from '../yaml/path';
import type { MapNode, Node } from '../yaml/tree';

interface Tool {
  called: string;
  /** Names that the tool itself looks for. */
  path?: RegExp;
  /** Top-level keys of which all are there. */
  keys?: readonly string[];
}

const tools: readonly Tool[] = [
  { called: 'GitHub Actions workflow', path: /(^|\/)\.github\/workflows\/[^/]+\.ya?ml$/ },
  { called: 'Dependabot configuration', path: /(^|\/)\.github\/dependabot\.ya?ml$/ },
  { called: 'GitLab CI configuration', path: /(^|\/)\.gitlab-ci\.ya?ml$/ },
  { called: 'pre-commit configuration', path: /(^|\/)\.pre-commit-config\.ya?ml$/ },
  { called: 'SOPS configuration', path: /(^|\/)\.sops\.ya?ml$/ },
  { called: 'OpenAPI description', keys: ['openapi', 'info'] },
  { called: 'OpenAPI description', keys: ['swagger', 'info'] },
  { called: 'AsyncAPI description', keys: ['asyncapi', 'info'] },
  { called: 'GitHub Actions workflow', keys: ['jobs', 'on'] },
  { called: 'GitHub Action', keys: ['runs', 'name', 'description'] },
  { called: 'MkDocs configuration', keys: ['site_name'] },
  { called: 'Docker Compose file', keys: ['services'], path: /(^|\/)[^/]*compose[^/]*\.ya?ml$/ },
  { called: 'CircleCI configuration', path: /(^|\/)\.circleci\/config\.yml$/ },
  { called: 'Azure pipeline', path: /(^|\/)azure-pipelines[^/]*\.ya?ml$/ },
];

/** What people call a file that is nothing of Kubernetes; undefined where it is not known. */
export function toolOf(path: string, root: Node | undefined): string | undefined {
  if (root?.kind === 'seq') {
    return root.items.some((item) => item.kind === 'map' && has(item, ['hosts']) && !has(item, ['op']))
      ? 'Ansible playbook'
      : undefined;
  }
  const map = root?.kind === 'map' ? root : undefined;
  return tools.find(
    (tool) =>
      (tool.path?.test(path) ?? true) && (tool.keys === undefined || (map !== undefined && has(map, tool.keys))),
  )?.called;
}

function has(map: MapNode, keys: readonly string[]): boolean {
  return keys.every((key) => entryOf(map, key) !== undefined || map.pairs.some((pair) => isKey(pair.key, key)));
}

/** `on` is a boolean to YAML 1.1. */
function isKey(key: Node, name: string): boolean {
  return key.kind === 'scalar' && key.text === name;
}
