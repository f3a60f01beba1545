// Paths as tools write them, read back and written for files that moved.
import * as assert from 'node:assert';
import { formOf, pathOfText, textAfter } from '../../server/src/core/navigate/pathTexts';
import { filesOf } from '../support/memoryFiles';
import { moveFiles } from '../support/planned';

describe('paths that move', () => {
  const cases: [text: string, file: string, target: string, from: string, to: string, expected: string | undefined][] =
    [
      ['../base', 'overlay/kustomization.yaml', 'base', 'base', 'bases/web', '../bases/web'],
      ['./a.yaml', 'x/kustomization.yaml', 'x/a.yaml', 'x/a.yaml', 'x/y/b.yaml', './y/b.yaml'],
      ['../base/', 'overlay/kustomization.yaml', 'base', 'overlay', 'a/b/overlay', '../../../base/'],
      ['./apps/web', 'clusters/web.yaml', 'apps/web', 'apps', 'workloads', './workloads/web'],
      ['apps/web', 'clusters/web.yaml', 'apps/web', 'clusters', 'fleet', 'apps/web'],
      ['/apps/web', 'clusters/web.yaml', 'apps/web', 'apps/web', 'apps/shop', '/apps/shop'],
      ['$values/envs/a.yaml', 'argo/web.yaml', 'envs/a.yaml', 'envs', 'stages', '$values/stages/a.yaml'],
      [
        'values-a.yaml',
        'argo/web.yaml',
        'charts/web/values-a.yaml',
        'charts/web/values-a.yaml',
        'charts/web/b.yaml',
        'b.yaml',
      ],
      ['values-a.yaml', 'argo/web.yaml', 'charts/web/values-a.yaml', 'charts/web', 'charts/shop', 'values-a.yaml'],
      ['../../envs/a.yaml', 'argo/web.yaml', 'envs/a.yaml', 'envs/a.yaml', 'envs/b.yaml', '../../envs/b.yaml'],
    ];
  for (const [text, file, target, from, to, expected] of cases) {
    it(`${text} in ${file}, ${from} → ${to}`, () => {
      const form = formOf(text, file, target);
      assert.ok(form);
      assert.strictEqual(textAfter(form, file, target, [{ from, to }]), expected);
      assert.strictEqual(pathOfText(form, text), target);
    });
  }

  it('follows what Argo CD deploys', async () => {
    const files = filesOf(`
# file: argo/web.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: shop}
  source:
    repoURL: https://git.example/shop
    path: charts/web
    helm:
      valueFiles:
        - values-production.yaml # of production
# file: charts/web/Chart.yaml
apiVersion: v2
name: web
version: 1.0.0
# file: charts/web/values-production.yaml
replicas: 2
# file: charts/web/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
`);
    const chart = await moveFiles(files, [{ from: 'charts/web', to: 'charts/shop' }]);
    assert.deepStrictEqual(chart.plan.notes, []);
    assert.match(chart.files['argo/web.yaml'] ?? '', /path: charts\/shop\n/);
    assert.match(chart.files['argo/web.yaml'] ?? '', /- values-production\.yaml # of production/);
    const values = await moveFiles(files, [
      { from: 'charts/web/values-production.yaml', to: 'charts/web/values-live.yaml' },
    ]);
    assert.match(values.files['argo/web.yaml'] ?? '', /- values-live\.yaml # of production/);
  });
});
