// `.plumbline.yaml`: workspace/config.ts checks its content, faults of its text included.
import type { DocumentKind } from './kind';
import { noChecks } from './kind';

export const plumblineConfig: DocumentKind = {
  id: 'plumblineConfig',
  title: 'Plumbline configuration',
  detect: ({ path }) => (/(^|\/)\.plumbline\.yaml$/.test(path) ? 'of its name' : undefined),
  checks: noChecks,
};
