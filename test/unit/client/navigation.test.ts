// The rows of "Who Deploys This File?".
import * as assert from 'node:assert';
import { deployerRows } from '../../../client/src/navigation/model';

const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

describe('who deploys this file', () => {
  it('lists each chain below its environment, nearest first', () => {
    const step = (label: string, path = label, source?: string) => ({
      label,
      path,
      uri: `file:///${path}`,
      range,
      ...(source === undefined ? {} : { source }),
    });
    const rows = deployerRows([
      {
        environments: ['production'],
        steps: [
          step('base/kustomization.yaml'),
          step('web', 'clusters/production/web.yaml', 'fluxKustomization:clusters#flux-system/web'),
        ],
      },
      { environments: [], steps: [step('dev/kustomization.yaml')] },
    ]);
    assert.deepStrictEqual(
      rows.map((row) => ('separator' in row ? `--- ${row.separator}` : `${row.label} | ${row.description}`)),
      [
        '--- production',
        '$(layers) base/kustomization.yaml | ',
        '\u2007\u2007$(layers-active) web | Flux Kustomization · clusters/production/web.yaml',
        '--- in no environment',
        '$(layers) dev/kustomization.yaml | ',
      ],
    );
  });
});
