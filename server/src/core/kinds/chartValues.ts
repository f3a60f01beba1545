// Values of a Helm chart: values.yaml beside Chart.yaml, or what a source passes as values.
import type { DocumentKind } from './kind';
import { syntaxOnly } from './kind';

export const chartValues: DocumentKind = {
  id: 'chartValues',
  title: 'Helm values',
  detect: ({ path, neighbours: { role, chart } }) =>
    chart !== undefined && path === (chart === '' ? '' : chart + '/') + 'values.yaml'
      ? 'Chart.yaml is beside it'
      : role === 'values'
        ? 'a chart is rendered with it'
        : undefined,
  checks: syntaxOnly,
};
