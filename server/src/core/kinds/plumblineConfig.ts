// `.plumbline.yaml`: workspace/config.ts checks its content, faults of its text included.
import type { DocumentKind } from './kind';
import { noChecks } from './kind';

export const plumblineConfig: DocumentKind = {
  id: 'plumblineConfig',
  title: 'Plumbline configuration',
  detect: ({ path }) => path === '.plumbline.yaml' || path.endsWith('/.plumbline.yaml'),
  checks: noChecks,
};
