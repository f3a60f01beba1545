// `.plumbline.yaml`: read, and checked against the table of its keys with exact places. A faulty entry is reported and left
// out; the rest of the file still counts.
import { isObject, type JsonObject, type JsonValue } from '../json';
import type { Outcome, Problem } from '../problem';
import { didYouMean } from '../suggest';
import { parseYaml } from '../yaml/parse';
import { toJson } from '../yaml/resolve';
import type { Node, Pair } from '../yaml/tree';
import { configType, type ConfigType } from './configKeys';
import {
  asMap,
  itemsAt,
  keyText,
  locationOf,
  objectOf,
  pairOf,
  problemAt,
  resolved,
  stringOf,
  stringsOf,
  type PlacedYaml,
} from './read';
import type { Configuration, EnvironmentConfig, IgnoreDifference, TargetSpec } from './source';

export const configFile = '.plumbline.yaml';

export const emptyConfiguration: Configuration = {
  environments: [],
  rules: {},
  ignoreDifferences: [],
  schemas: [],
  exclude: [],
};

/** Reads the file's text. Never throws; whatever is wrong is a problem at its place. */
export function readConfiguration(text: string, path: string = configFile): Outcome<Configuration> {
  const file: PlacedYaml = { path, parsed: parseYaml(text) };
  const problems: Problem[] = [];
  for (const document of file.parsed.documents) {
    for (const fault of document.faults) {
      problems.push({
        path,
        range: file.parsed.lines.range(fault.start, fault.end),
        rule: fault.rule,
        severity: 'error',
        message: fault.message,
      });
    }
  }
  const filled = file.parsed.documents.filter((d) => d.root !== undefined && !isNull(d.root));
  const root = filled[0]?.root;
  const second = filled[1]?.root;
  if (second !== undefined) {
    problems.push(
      problemAt(file, second, 'plumbline/configuration', 'error', `${path} holds one document: this one is not read.`),
    );
  }
  if (root === undefined) {
    return { result: emptyConfiguration, problems };
  }
  const value = checked(file, root, configType, path, problems);
  const read = objectOf(value);
  if (read === undefined) {
    return { result: emptyConfiguration, problems };
  }
  return { result: configurationOf(file, root, read, problems), problems };
}

/** Where an environment's source is named, for problems about it. */
export function sourceReferences(file: PlacedYaml, environment: string): { text: string; node: Node }[] {
  const found: { text: string; node: Node }[] = [];
  for (const document of file.parsed.documents) {
    for (const item of itemsAt(document.root, 'environments')) {
      const name = resolved(pairOf(item, 'name')?.value);
      if (name?.kind === 'scalar' && name.text === environment) {
        for (const node of itemsAt(item, 'sources')) {
          const scalar = resolved(node);
          if (scalar?.kind === 'scalar') {
            found.push({ text: scalar.text, node });
          }
        }
      }
    }
  }
  return found;
}

/** The node's value as far as it fits the type; what does not fit is reported and left out (`undefined`). */
function checked(
  file: PlacedYaml,
  node: Node,
  type: ConfigType,
  what: string,
  problems: Problem[],
): JsonValue | undefined {
  const at = resolved(node) ?? node;
  const wrong = (expected: string): undefined => {
    problems.push(
      problemAt(file, node, 'plumbline/wrong-type', 'error', `${what} must be ${expected}, not ${describe(at)}.`),
    );
    return undefined;
  };
  switch (type.is) {
    case 'text': {
      const value = at.kind === 'scalar' ? toJson(at) : undefined;
      const expected = type.hint ?? 'a text';
      if (typeof value === 'number' && type.pattern !== undefined) {
        return wrong(`${expected} in quotes`);
      }
      if (typeof value !== 'string' || (value === '' && type.empty !== true)) {
        return wrong(expected);
      }
      return type.pattern === undefined || type.pattern.test(value) ? value : wrong(expected);
    }
    case 'yesNo': {
      const value = at.kind === 'scalar' ? toJson(at) : undefined;
      return typeof value === 'boolean' ? value : wrong('true or false');
    }
    case 'choice': {
      const value = at.kind === 'scalar' ? at.text : undefined;
      if (value !== undefined && type.of.includes(value)) {
        return value;
      }
      problems.push(
        problemAt(
          file,
          node,
          'plumbline/wrong-value',
          'error',
          `${what} must be one of ${type.of.join(', ')}.${value === undefined ? '' : didYouMean(value, type.of)}`,
        ),
      );
      return undefined;
    }
    case 'list': {
      if (isNull(at)) {
        return [];
      }
      if (at.kind !== 'seq') {
        return wrong('a list');
      }
      return at.items.flatMap((item, i) => checked(file, item, type.of, `${what}[${i}]`, problems) ?? []);
    }
    case 'map': {
      if (isNull(at)) {
        return {};
      }
      if (at.kind !== 'map') {
        return wrong('a map');
      }
      const result: JsonObject = {};
      for (const pair of at.pairs) {
        const key = keyText(pair) ?? '';
        if (type.keyPattern?.test(key) === false) {
          problems.push(
            problemAt(
              file,
              pair.key,
              'plumbline/wrong-value',
              'error',
              `${key || 'This key'} is not a rule code such as kubernetes/unknown-field.`,
            ),
          );
          continue;
        }
        const value = checked(file, pair.value, type.of, `${what}.${key}`, problems);
        if (value !== undefined) {
          result[key] = value;
        }
      }
      return result;
    }
    case 'object':
      return isNull(at) && type.required === undefined
        ? {}
        : at.kind === 'map'
          ? checkedObject(file, node, at.pairs, type, what, problems)
          : wrong('a map');
  }
}

function checkedObject(
  file: PlacedYaml,
  node: Node,
  pairs: readonly Pair[],
  type: Extract<ConfigType, { is: 'object' }>,
  what: string,
  problems: Problem[],
): JsonObject | undefined {
  const result: JsonObject = {};
  const prefix = what === file.path ? '' : `${what}.`;
  let complete = true;
  for (const pair of pairs) {
    const name = keyText(pair) ?? '';
    const key = Object.hasOwn(type.keys, name) ? type.keys[name] : undefined;
    if (key === undefined) {
      const owner = what === file.path ? 'Plumbline' : what;
      problems.push(
        problemAt(
          file,
          pair.key,
          'plumbline/unknown-key',
          'error',
          `${owner} has no key ${name}.${didYouMean(name, Object.keys(type.keys))}`,
        ),
      );
      continue;
    }
    const value = checked(file, pair.value, key.type, prefix + name, problems);
    if (value !== undefined) {
      result[name] = value;
    } else if (type.required?.includes(name) === true) {
      complete = false;
    }
  }
  const at = pairs[0]?.key ?? node;
  for (const name of type.required ?? []) {
    if (!pairs.some((pair) => keyText(pair) === name)) {
      problems.push(problemAt(file, at, 'plumbline/missing-key', 'error', `${what} needs a ${name}.`));
      complete = false;
    }
  }
  if (type.oneOf !== undefined) {
    const given = type.oneOf.filter((name) => pairs.some((pair) => keyText(pair) === name));
    if (given.length !== 1) {
      problems.push(
        problemAt(file, at, 'plumbline/missing-key', 'error', `${what} needs exactly one of ${type.oneOf.join(', ')}.`),
      );
      complete = false;
    }
  }
  return complete ? result : undefined;
}

function configurationOf(file: PlacedYaml, root: Node, read: JsonObject, problems: Problem[]): Configuration {
  const environments: EnvironmentConfig[] = [];
  const nodes = itemsAt(root, 'environments').filter((item) => asMap(item) !== undefined);
  for (const value of Array.isArray(read['environments']) ? read['environments'] : []) {
    const name = isObject(value) ? stringOf(value['name']) : undefined;
    if (!isObject(value) || name === undefined) {
      continue;
    }
    // A name that is left out cannot be found again: faulty entries before this one have no place here, so it is looked up by name.
    const named = nodes.filter((item) => {
      const scalar = resolved(pairOf(item, 'name')?.value);
      return scalar?.kind === 'scalar' && scalar.text === name;
    });
    const index = environments.filter((e) => e.name === name).length;
    const node = named[index] ?? root;
    const nameNode = pairOf(node, 'name')?.value ?? node;
    if (index > 0) {
      problems.push(
        problemAt(
          file,
          nameNode,
          'plumbline/duplicate-environment',
          'error',
          `There is already an environment ${name}.`,
        ),
      );
      continue;
    }
    environments.push(environmentOf(name, value, locationOf(file, nameNode)));
  }
  return {
    environments,
    rules: (read['rules'] ?? {}) as Configuration['rules'],
    ...(Array.isArray(read['overrides'])
      ? { overrides: read['overrides'] as unknown as NonNullable<Configuration['overrides']> }
      : {}),
    ...baselineOf(read),
    ignoreDifferences: (read['ignoreDifferences'] ?? []) as unknown as IgnoreDifference[],
    schemas: stringsOf(read['schemas']),
    exclude: stringsOf(read['exclude']),
  };
}

/** Only its path: discovery reads the file. */
function baselineOf(read: JsonObject): Pick<Configuration, 'baseline'> {
  const path = stringOf(read['baseline'])?.replace(/^(?:\.?\/)+/, '');
  return path === undefined ? {} : { baseline: { path, findings: [] } };
}

/** The place that names the baseline's file, for problems about it. */
export function baselineReference(text: string): Problem['range'] {
  const parsed = parseYaml(text);
  const node = pairOf(parsed.documents[0]?.root, 'baseline')?.value;
  return parsed.lines.range(node?.start ?? 0, node?.end ?? 0);
}

function environmentOf(name: string, value: JsonObject, at: EnvironmentConfig['at']): EnvironmentConfig {
  const result: EnvironmentConfig = { name, at };
  if (Array.isArray(value['sources'])) {
    result.sources = stringsOf(value['sources']);
  }
  const target = targetOf(value['target']);
  if (target !== undefined) {
    result.target = target;
  }
  const version = stringOf(value['kubernetesVersion']);
  if (version !== undefined) {
    result.kubernetesVersion = version.replace(/^v/, '').split('.').slice(0, 2).join('.');
  }
  if (typeof value['protected'] === 'boolean') {
    result.protected = value['protected'];
  }
  const namespace = stringOf(value['namespace']);
  if (namespace !== undefined) {
    result.namespace = namespace;
  }
  return result;
}

function targetOf(value: JsonValue | undefined): TargetSpec | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const context = stringOf(value['context']);
  const snapshot = stringOf(value['snapshot']);
  const revision = stringOf(value['revision']);
  const kubeconfig = stringOf(value['kubeconfig']);
  if (context !== undefined) {
    return { type: 'context', context, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
  }
  if (snapshot !== undefined) {
    return { type: 'snapshot', path: snapshot };
  }
  return revision === undefined ? undefined : { type: 'revision', revision };
}

function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.style === 'plain' && ['', '~', 'null'].includes(node.text);
}

function describe(node: Node): string {
  switch (node.kind) {
    case 'map':
      return 'a map';
    case 'seq':
      return 'a list';
    case 'alias':
      return `the unknown anchor ${node.name}`;
    case 'scalar':
      return isNull(node)
        ? 'empty'
        : node.style === 'plain'
          ? node.text.slice(0, 40)
          : JSON.stringify(node.text.slice(0, 40));
  }
}
