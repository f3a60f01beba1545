// Planted faults: each is found, by its rule, at its file, line and column, and nothing else is claimed. Planted as unsaved text into
// the example repository, and into the real repositories where they are.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { checkWorkspace, type CheckReport } from '../../server/src/core/render/checkWorkspace';
import { createServices, type Services } from '../../server/src/services';
import { copyOf } from '../support/repository';
import { checkout, corpus } from '../support/shared';

/** A change of one file. `«` in the new text marks where the finding must start; a fault that is seen elsewhere says so with `at`. */
interface Fault {
  name: string;
  file: string;
  /** Text that stands once in the file; absent: the file is new. */
  replace?: string;
  by: string;
  rule: string;
  severity?: 'warning';
  /** Found in another file: path, line and column as people count them. */
  at?: string;
  message?: RegExp;
}

const shop: Fault[] = [
  {
    name: 'unknown field',
    file: 'apps/web/base/deployment.yaml',
    replace: 'readinessProbe:',
    by: '«readinesProbe:',
    rule: 'kubernetes/unknown-field',
    message: /Did you mean "readinessProbe"/,
  },
  {
    name: 'wrong type',
    file: 'apps/web/base/deployment.yaml',
    replace: 'replicas: 2',
    by: 'revisionHistoryLimit: «"two"',
    rule: 'kubernetes/wrong-type',
  },
  {
    name: 'bad enum',
    file: 'apps/web/base/deployment.yaml',
    replace: '          ports:',
    by: '          imagePullPolicy: «Alway\n          ports:',
    rule: 'kubernetes/bad-enum',
  },
  {
    name: 'bad quantity',
    file: 'apps/web/base/deployment.yaml',
    replace: 'memory: 256Mi',
    by: 'memory: «256Mo',
    rule: 'kubernetes/bad-quantity',
  },
  {
    name: 'bad quantity in a patch',
    file: 'apps/web/overlays/production/resources.yaml',
    replace: 'cpu: 250m',
    by: 'cpu: «250mm',
    rule: 'kubernetes/bad-quantity',
  },
  {
    name: 'request above limit, by a patch',
    file: 'apps/web/overlays/production/resources.yaml',
    replace: 'memory: 256Mi',
    by: 'memory: 1Gi',
    rule: 'kubernetes/invalid',
    // The server speaks of the requests as a whole.
    at: 'apps/web/base/deployment.yaml:38:13',
  },
  {
    name: 'missing volume',
    file: 'apps/web/base/deployment.yaml',
    replace: '- name: cache\n              mountPath',
    by: '- name: «cash\n              mountPath',
    rule: 'kubernetes/missing-volume',
  },
  {
    name: 'selector mismatch',
    file: 'apps/web/base/deployment.yaml',
    replace: '      labels:\n        app: web',
    by: '      labels:\n        app: «other',
    rule: 'kubernetes/selector-mismatch',
  },
  {
    name: 'duplicate port name',
    file: 'apps/web/base/deployment.yaml',
    replace: '              containerPort: 8080\n',
    by: '              containerPort: 8080\n            - name: «http\n              containerPort: 8081\n',
    rule: 'kubernetes/duplicate-port',
  },
  {
    name: 'duplicate volume name',
    file: 'apps/web/base/deployment.yaml',
    replace: '          emptyDir: {}',
    by: '          emptyDir: {}\n        - name: «cache\n          emptyDir: {}',
    rule: 'kubernetes/duplicate-item',
  },
  {
    name: 'missing patch target',
    file: 'apps/web/overlays/production/resources.yaml',
    replace: '  name: web\nspec',
    by: '  name: wbe\nspec',
    rule: 'kustomize/missing-patch-target',
    at: 'apps/web/overlays/production/kustomization.yaml:7:11',
  },
  {
    name: 'patch selector that fits nothing',
    file: 'apps/web/overlays/production/kustomization.yaml',
    replace: '      name: web\n    patch',
    by: '      name: «wbe\n    patch',
    rule: 'kustomize/missing-patch-target',
    severity: 'warning',
  },
  {
    name: 'missing resource file',
    file: 'apps/web/base/kustomization.yaml',
    replace: '- service.yaml',
    by: '- «servce.yaml',
    rule: 'kustomize/missing-file',
  },
  {
    name: 'unknown kustomization field',
    file: 'apps/web/base/kustomization.yaml',
    replace: 'images:',
    by: '«imagess:',
    rule: 'kustomize/unknown-field',
  },
  {
    name: 'rule in CEL',
    file: 'routes/route.yaml',
    by: `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: web
  namespace: shop
spec:
  parentRefs:
    - name: public
  rules:
    - matches:
        - «path:
            type: PathPrefix
            value: no-slash
`,
    rule: 'kubernetes/cel',
    message: /absolute path|start with/,
  },
  {
    name: 'broken YAML',
    file: 'platform/rbac.yaml',
    replace: 'resources: [configmaps]',
    by: 'resources: «[configmaps',
    rule: 'yaml/syntax',
  },
  {
    name: 'duplicate key',
    file: 'apps/web/base/service.yaml',
    replace: '      targetPort: http',
    by: '      targetPort: http\n      «port: 81',
    rule: 'yaml/duplicate-key',
  },
  {
    name: 'Helm template error',
    file: 'charts/orders/templates/service.yaml',
    replace: '{{ .Values.service.port }}',
    by: '{{ .Values«.servic.port }}',
    rule: 'helm/template-error',
    message: /^\.Values\.servic\.port: nil pointer/m,
  },
  {
    name: 'Helm template syntax',
    file: 'charts/orders/templates/service.yaml',
    replace: '{{ .Values.service.port }}',
    by: '{{ .Values.service.port | nope }}',
    at: 'charts/orders/templates/service.yaml:12:7',
    rule: 'helm/template-error',
  },
  {
    name: 'unknown field in a template',
    file: 'charts/orders/templates/service.yaml',
    replace: 'targetPort: http',
    by: '«tagetPort: http',
    rule: 'kubernetes/unknown-field',
  },
  {
    name: 'values of the wrong type',
    file: 'charts/orders/values.yaml',
    replace: 'replicas: 1',
    by: 'replicas: «many',
    rule: 'kubernetes/wrong-type',
  },
  {
    name: 'cron schedule in values',
    file: 'charts/orders/values.yaml',
    replace: '"30 3 * * *"',
    by: '«"30 3 * *"',
    rule: 'kubernetes/bad-schedule',
  },
  {
    name: 'unknown kind',
    file: 'platform/quota.yaml',
    replace: 'kind: ResourceQuota',
    by: 'kind: «ResourceQota',
    rule: 'kubernetes/unknown-kind',
  },
  {
    name: 'removed apiVersion',
    file: 'apps/web/base/disruption-budget.yaml',
    replace: 'policy/v1',
    by: '«policy/v1beta1',
    rule: 'kubernetes/unknown-kind',
    message: /removed/,
  },
  {
    name: 'bad label value',
    file: 'apps/web/base/service.yaml',
    replace: '  name: web\nspec',
    by: '  name: web\n  labels:\n    tier: «front end\nspec',
    rule: 'kubernetes/bad-label',
  },
  {
    name: 'autoscaler with minimum above maximum',
    file: 'platform/autoscaler.yaml',
    by: `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
  namespace: shop
spec:
  minReplicas: 5
  maxReplicas: «3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
`,
    rule: 'kubernetes/invalid',
  },
  {
    name: 'path of a Flux Kustomization',
    file: 'clusters/staging/web.yaml',
    replace: './apps/web/overlays/staging',
    by: '«./apps/web/overlays/stagin',
    rule: 'flux/missing-path',
  },
  {
    name: 'field of a Flux object',
    file: 'clusters/staging/web.yaml',
    replace: 'interval: 10m',
    by: 'interval: «10',
    rule: 'kubernetes/wrong-type',
  },
  {
    name: 'key of the configuration',
    file: '.plumbline.yaml',
    replace: 'environments:',
    by: 'exlude: []\nenvironments:',
    rule: 'plumbline/unknown-key',
    at: '.plumbline.yaml:2:1',
  },
];

const podinfo: Fault[] = [
  {
    name: 'unknown field in a base of three overlays',
    file: 'deploy/bases/backend/deployment.yaml',
    replace: 'minReadySeconds:',
    by: '«minReadySecond:',
    rule: 'kubernetes/unknown-field',
  },
  {
    name: 'wrong type in the chart values',
    file: 'charts/podinfo/values.yaml',
    replace: 'replicaCount: 1',
    by: 'replicaCount: «one',
    rule: 'kubernetes/wrong-type',
  },
  {
    name: 'missing generator input',
    file: 'deploy/bases/cache/kustomization.yaml',
    replace: '- redis.conf',
    by: '- «reddis.conf',
    rule: 'kustomize/missing-file',
  },
  {
    name: 'cron schedule in a base',
    file: 'deploy/bases/database/cronjob-backup-daily.yaml',
    replace: 'schedule: ',
    by: 'schedule: «every day # ',
    rule: 'kubernetes/bad-schedule',
  },
];

const flux: Fault[] = [
  {
    name: 'unknown field in values of a HelmRelease patch',
    file: 'apps/staging/podinfo-values.yaml',
    replace: '  test:',
    by: '  «tests:',
    rule: 'kubernetes/unknown-field',
  },
  {
    name: 'bad enum in a custom resource',
    file: 'infrastructure/configs/gateway.yaml',
    replace: 'from: All',
    by: 'from: «Everybody',
    rule: 'kubernetes/bad-enum',
  },
  {
    name: 'patch without target',
    file: 'apps/production/kustomization.yaml',
    replace: 'kind: HelmRelease',
    by: 'kind: «HelmRelese',
    rule: 'kustomize/missing-patch-target',
    severity: 'warning',
  },
  {
    name: 'missing path of a resource',
    file: 'apps/staging/kustomization.yaml',
    replace: '- ../base/podinfo',
    by: '- «../base/podinf',
    rule: 'kustomize/missing-file',
  },
];

function repository(title: string, folder: string, remote: string | undefined, faults: readonly Fault[]): void {
  describe(`faults planted into ${title}`, () => {
    const buffers = new Map<string, string>();
    let services: Services;
    before(async () => {
      const root = copyOf(folder, remote === undefined ? {} : { remote });
      services = await createServices({
        folder: root,
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
        trusted: true,
        buffers,
      });
    });
    after(() => services.dispose());
    afterEach(() => buffers.clear());

    const check = async (): Promise<CheckReport> =>
      checkWorkspace(await services.discover(), services.tree, services.checkPorts());
    const seen = (report: CheckReport): string[] =>
      report.problems
        .filter((problem) => problem.severity === 'error' || problem.severity === 'warning')
        .map(
          ({ path: file, range, severity, rule }) =>
            `${file}:${range.start.line + 1}:${range.start.character + 1} ${severity} ${rule}`,
        );

    it('nothing is found before', async () => {
      const report = await check();
      assert.deepEqual(seen(report), []);
      assert.deepEqual(report.undecided, []);
    });

    for (const fault of faults) {
      it(fault.name, async () => {
        const original = fault.replace === undefined ? '' : fs.readFileSync(path.join(folder, fault.file), 'utf8');
        const marked = fault.replace === undefined ? fault.by : original.replace(fault.replace, () => fault.by);
        assert.notEqual(marked, original, 'the fault is planted');
        const before = marked.slice(0, Math.max(0, marked.indexOf('«'))).split('\n');
        buffers.set(fault.file, marked.replace('«', ''));
        const place = fault.at ?? `${fault.file}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
        const report = await check();
        assert.deepEqual(
          seen(report),
          [`${place} ${fault.severity ?? 'error'} ${fault.rule}`],
          report.problems.map((p) => p.message).join('\n'),
        );
        if (fault.message !== undefined) {
          assert.match(report.problems.map((p) => p.message).join('\n'), fault.message);
        }
      });
    }

    if (faults !== shop) {
      return;
    }
    it('a broken document leaves the findings of the others', async () => {
      buffers.set(
        'platform/rbac.yaml',
        fs
          .readFileSync(path.join(folder, 'platform/rbac.yaml'), 'utf8')
          .replace('verbs: [get, list, watch]', 'verbs: [get, list')
          .replace('kind: ServiceAccount\n    name: web', 'kind: ServiceAccount\n    nme: web'),
      );
      const report = await check();
      assert.ok(report.problems.some((p) => p.rule === 'yaml/syntax' && p.range.start.line === 14));
      assert.ok(report.problems.some((p) => p.rule === 'kubernetes/unknown-field' && p.range.start.line === 27));
    });
  });
}

repository(
  'the example repository',
  path.join(checkout, 'examples/shop/files'),
  'https://git.example/shop/shop.git',
  shop,
);
const realPodinfo = corpus('podinfo');
if (realPodinfo !== undefined) {
  repository('podinfo', realPodinfo, undefined, podinfo);
}
const realFlux = corpus('flux2-kustomize-helm-example');
if (realFlux !== undefined) {
  repository('flux2-kustomize-helm-example', realFlux, undefined, flux);
}
