// Everything else: pipelines, configuration of other tools. Nothing is said about it.
import type { DocumentKind } from './kind';
import { noChecks } from './kind';

export const other: DocumentKind = {
  id: 'other',
  title: 'other YAML',
  detect: () => 'nothing says that it is deployed',
  checks: noChecks,
};
