// Findings about an identity that is lost: what the tools that read the file would pass over in silence.
import { lostObject, identityFaults } from '../kinds/lostObject';
import type { Problem } from '../problem';
import { follow, scalarValue } from '../yaml/resolve';
import type { Node, ParsedYaml, YamlDocument } from '../yaml/tree';

/** Findings where a document is an object but for apiVersion or kind; none for everything else. */
export function identityProblems(path: string, parsed: ParsedYaml, document: YamlDocument): Problem[] {
  const root = lostObject(document.root);
  if (root === undefined || document.recovered) {
    return [];
  }
  const at = ({ start, end }: { start: number; end: number }): Problem['range'] => parsed.lines.range(start, end);
  return identityFaults(root).map(({ name, pair, misspelt }) => {
    if (misspelt !== undefined) {
      const { key } = misspelt;
      const written = parsed.text.slice(key.start, key.end);
      return {
        path,
        range: at(key),
        rule: 'kubernetes/unknown-field',
        severity: 'error',
        message: `No object has a field ${written}. Did you mean "${name}"? Without it nothing here is deployed.`,
        fixes: [{ title: `Change to "${name}"`, preferred: true, edits: [{ path, range: at(key), newText: name }] }],
      };
    }
    const value = pair === undefined ? undefined : follow(pair.value);
    if (pair === undefined || value === undefined || isEmpty(value)) {
      const first = root.pairs[0]?.key ?? root;
      return {
        path,
        range: at(pair?.key ?? first),
        rule: 'kubernetes/missing-field',
        severity: 'error',
        message: `This object needs ${name === 'kind' ? 'a kind' : 'an apiVersion'}: without it nothing here is deployed.`,
        field: `/${name}`,
      };
    }
    return {
      path,
      range: value.end > value.start && value.kind === 'scalar' ? at(value) : at(pair.key),
      rule: 'kubernetes/wrong-type',
      severity: 'error',
      message: `${name} must be a string.`,
      field: `/${name}`,
    };
  });
}

function isEmpty(node: Node): boolean {
  const value = node.kind === 'scalar' ? scalarValue(node) : undefined;
  return value === null || value === '';
}
