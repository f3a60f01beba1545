// Helm charts: which folders are charts, what each depends on, and which files inside them are what.
import type { Location } from '../problem';
import type { FileFacts } from './facts';
import { baseName, folderOf, isWithin, isYamlFile, joinPath } from './paths';
import { itemsAt, locationOf, nodeAt, textAt, type PlacedYaml } from './read';
import type { FileRole } from './source';

export interface Chart {
  dir: string;
  /** Chart.yaml. */
  path: string;
  name: string;
  /** Has no templates of its own to render. */
  library: boolean;
  /** Folder of the chart that contains this one below `charts/`, where one does. */
  parent: string | undefined;
  /** Dependencies that Chart.yaml names. `dir`: where a `file://` dependency or an unpacked copy lies. */
  dependencies: { name: string; dir: string | undefined; vendored: boolean }[];
  at: Location;
}

/** Reads every chart; `facts` gives the facts of a Chart.yaml. */
export function readCharts(files: readonly string[], facts: (path: string) => FileFacts | undefined): Chart[] {
  const chartFiles = files.filter((path) => baseName(path) === 'Chart.yaml');
  const dirs = new Set(chartFiles.map(folderOf));
  const charts: Chart[] = [];
  for (const path of chartFiles) {
    const read = facts(path);
    if (read === undefined) {
      continue;
    }
    const file: PlacedYaml = { path, parsed: read.parsed() };
    const root = file.parsed.documents.find((d) => d.root !== undefined)?.root;
    const dir = folderOf(path);
    const name = textAt(root, 'name') ?? baseName(dir);
    charts.push({
      dir,
      path,
      name,
      library: textAt(root, 'type') === 'library',
      parent: parentChart(dir, dirs),
      dependencies: itemsAt(root, 'dependencies').map((item) => dependencyOf(item, dir, dirs, files)),
      at: locationOf(file, nodeAt(root, ['name']) ?? { kind: 'scalar', text: '', style: 'plain', start: 0, end: 0 }),
    });
  }
  return charts;
}

/** What a file inside a chart is. */
export function chartRole(chart: Chart, path: string): FileRole {
  const inside = chart.dir === '' ? path : path.slice(chart.dir.length + 1);
  if (inside === 'Chart.yaml' || inside === 'Chart.lock' || inside === 'requirements.yaml') {
    return 'chart';
  }
  if (inside.startsWith('templates/')) {
    return 'template';
  }
  if (inside.startsWith('crds/') && isYamlFile(inside)) {
    return 'crd';
  }
  return /^(ci\/)?[^/]*values[^/]*\.ya?ml$/i.test(inside) ? 'values' : 'other';
}

/** The innermost chart that holds a file. */
export function chartOf(charts: readonly Chart[], path: string): Chart | undefined {
  let found: Chart | undefined;
  for (const chart of charts) {
    if (isWithin(chart.dir, path) && (found === undefined || chart.dir.length > found.dir.length)) {
      found = chart;
    }
  }
  return found;
}

function parentChart(dir: string, dirs: ReadonlySet<string>): string | undefined {
  const holder = folderOf(dir);
  return baseName(holder) === 'charts' && dirs.has(folderOf(holder)) && holder !== '' ? folderOf(holder) : undefined;
}

function dependencyOf(
  item: Parameters<typeof textAt>[0],
  dir: string,
  dirs: ReadonlySet<string>,
  files: readonly string[],
): Chart['dependencies'][number] {
  const name = textAt(item, 'name') ?? '';
  const repository = textAt(item, 'repository') ?? '';
  const below = joinPath(dir, `charts/${name}`) ?? '';
  const prefix = joinPath(dir, `charts/${name}-`) ?? '';
  const unpacked = dirs.has(below);
  const packed = files.some((path) => path.startsWith(prefix) && path.endsWith('.tgz'));
  const local = repository.startsWith('file://') ? joinPath(dir, repository.slice('file://'.length)) : undefined;
  return { name, dir: unpacked ? below : local, vendored: unpacked || packed };
}
