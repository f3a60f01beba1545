// Chart.yaml as Helm reads it: what it refuses is an error; what it silently passes over, a warning.
import type { Problem, Severity } from '../problem';
import { entryOf } from '../yaml/path';
import { follow, scalarValue } from '../yaml/resolve';
import type { MapNode, Node, Pair } from '../yaml/tree';
import { itemsAt, pairOf } from '../workspace/read';
import { chartShape } from './chartShape';
import { checkShape } from './checkShape';
import type { ToolFile } from './toolFile';

/** SemVer as Helm takes it: a `v` in front and missing parts are fine. */
const version = /^v?\d+(\.\d+){0,2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

export function checkChart(file: ToolFile): Problem[] {
  const { path, parsed, detected } = file;
  const { root, recovered } = detected.document;
  if (root?.kind !== 'map' || recovered || !/(^|\/)Chart\.yaml$/.test(path)) {
    return [];
  }
  const problems = checkShape(root, chartShape, {
    path,
    parsed,
    tool: 'helm',
    called: 'a chart',
    unknown: 'warning',
    stringifies: true,
  });
  const report = (node: Node, message: string, severity: Severity = 'error'): void => {
    problems.push({ path, range: parsed.lines.range(node.start, node.end), rule: 'helm/bad-chart', severity, message });
  };
  for (const name of ['name', 'version']) {
    const pair = entryOf(root, name);
    if (textOf(pair) === '') {
      report(pair?.key ?? root.pairs[0]?.key ?? root, `Helm needs the field "${name}" in Chart.yaml.`);
    }
  }
  const apiVersion = entryOf(root, 'apiVersion');
  if (textOf(apiVersion) === '') {
    const at = apiVersion?.key ?? root.pairs[0]?.key ?? root;
    report(at, 'Without "apiVersion" Helm takes the chart for one of v1; new charts are v2.', 'info');
  }
  checkName(root, report);
  const versionPair = entryOf(root, 'version');
  const said = textOf(versionPair) ?? '';
  if (versionPair !== undefined && said !== '' && !version.test(said)) {
    report(versionPair.value, `"${said}" is no version: Helm needs SemVer, for example 1.2.3.`);
  }
  checkDependencies(root, report);
  return problems;
}

function checkName(root: MapNode, report: (node: Node, message: string) => void): void {
  const pair = entryOf(root, 'name');
  const name = textOf(pair) ?? '';
  if (pair !== undefined && (name === '.' || name === '..' || name.includes('/'))) {
    report(pair.value, `"${name}" cannot be the name of a chart.`);
  }
}

function checkDependencies(root: MapNode, report: (node: Node, message: string, severity?: Severity) => void): void {
  const list = pairOf(root, 'dependencies');
  const items = itemsAt(root, 'dependencies');
  const apiVersion = textOf(entryOf(root, 'apiVersion'));
  if (list !== undefined && items.length > 0 && apiVersion === 'v1') {
    report(
      list.key,
      'Charts of apiVersion v1 keep their dependencies in requirements.yaml; use apiVersion v2.',
      'info',
    );
  }
  const seen = new Set<string>();
  for (const item of items) {
    const alias = pairOf(item, 'alias');
    const aliasText = textOf(alias) ?? '';
    if (alias !== undefined && aliasText !== '' && !/^[a-zA-Z0-9_-]+$/.test(aliasText)) {
      report(alias.value, `"${aliasText}" cannot be an alias: letters, digits, "-" and "_" only.`);
    }
    const name = pairOf(item, 'name');
    const called = aliasText === '' ? (textOf(name) ?? '') : aliasText;
    if (called !== '' && seen.has(called)) {
      report(
        (aliasText === '' ? name?.value : alias?.value) ?? item,
        `There are two dependencies called ${called}: give one an alias.`,
      );
    }
    seen.add(called);
  }
}

/** Empty where the field is absent or empty; undefined where it is no text, which the shape has said. */
function textOf(pair: Pair | undefined): string | undefined {
  const node = pair === undefined ? undefined : follow(pair.value);
  if (node === undefined) {
    return '';
  }
  if (node.kind !== 'scalar') {
    return undefined;
  }
  return scalarValue(node) === null ? '' : node.text;
}
