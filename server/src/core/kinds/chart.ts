// Chart.yaml and Chart.lock: Helm goes by the names.
import { checkChart } from '../toolFiles/checkChart';
import type { DocumentKind } from './kind';
import { syntaxOnly } from './kind';

export const chart: DocumentKind = {
  id: 'chart',
  title: 'Helm chart',
  detect: ({ path, neighbours }) =>
    neighbours.role === 'chart' || /(?:^|\/)Chart\.(?:yaml|lock)$/.test(path) ? 'Helm goes by its name' : undefined,
  checks: syntaxOnly,
  check: checkChart,
};
