// Real repositories, and the example: what is found in them, that valid things are called valid, and that renderings are byte for
// byte those of the tools themselves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createFileTree } from '../../server/src/adapters/nodeFiles';
import { discover } from '../../server/src/core/workspace/discover';
import { endEngines, plumbline } from '../support/cli';
import { copyOf } from '../support/repository';
import { checkout, corpus } from '../support/shared';

interface Expected {
  sources: string[];
  environments: Record<string, string[]>;
  /** Folders to compare with `kustomize build`, charts with `helm template`. */
  kustomizations: string[];
  charts: string[];
}

const flux: Expected = {
  sources: [
    'fluxHelmRelease:apps/base/podinfo/release.yaml#podinfo/podinfo',
    'fluxHelmRelease:infrastructure/controllers/cert-manager.yaml#cert-manager/cert-manager',
    'fluxHelmRelease:infrastructure/controllers/envoy-gateway.yaml#envoy-gateway-system/envoy-gateway',
    'fluxKustomization:clusters/production/apps.yaml#flux-system/apps',
    'fluxKustomization:clusters/production/infrastructure.yaml#flux-system/infra-configs',
    'fluxKustomization:clusters/production/infrastructure.yaml#flux-system/infra-controllers',
    'fluxKustomization:clusters/staging/apps.yaml#flux-system/apps',
    'fluxKustomization:clusters/staging/infrastructure.yaml#flux-system/infra-configs',
    'fluxKustomization:clusters/staging/infrastructure.yaml#flux-system/infra-controllers',
    'folder:clusters/production',
    'folder:clusters/staging',
    '- kustomization:apps/base/podinfo',
    '- kustomization:apps/production',
    '- kustomization:apps/staging',
    'kustomization:clusters/production/flux-system',
    'kustomization:clusters/staging/flux-system',
    '- kustomization:infrastructure/configs',
    '- kustomization:infrastructure/controllers',
  ],
  environments: Object.fromEntries(
    ['staging', 'production'].map((name) => [
      name,
      [
        `kustomization:clusters/${name}/flux-system`,
        `folder:clusters/${name}`,
        `fluxKustomization:clusters/${name}/infrastructure.yaml#flux-system/infra-controllers`,
        `fluxKustomization:clusters/${name}/infrastructure.yaml#flux-system/infra-configs`,
        `fluxKustomization:clusters/${name}/apps.yaml#flux-system/apps`,
        'fluxHelmRelease:apps/base/podinfo/release.yaml#podinfo/podinfo',
        'fluxHelmRelease:infrastructure/controllers/cert-manager.yaml#cert-manager/cert-manager',
        'fluxHelmRelease:infrastructure/controllers/envoy-gateway.yaml#envoy-gateway-system/envoy-gateway',
      ],
    ]),
  ),
  kustomizations: [
    'apps/production',
    'apps/staging',
    'apps/base/podinfo',
    'infrastructure/configs',
    'infrastructure/controllers',
    'clusters/staging/flux-system',
  ],
  charts: [],
};

const podinfo: Expected = {
  sources: [
    'chart:charts/podinfo',
    'folder:deploy/secure/backend',
    'folder:deploy/secure/common',
    'folder:deploy/secure/frontend',
    'folder:deploy/webapp/backend',
    'folder:deploy/webapp/common',
    'folder:deploy/webapp/frontend',
    '- kustomization:deploy/bases/backend',
    '- kustomization:deploy/bases/cache',
    '- kustomization:deploy/bases/database',
    '- kustomization:deploy/bases/frontend',
    'kustomization:deploy/overlays/dev',
    'kustomization:deploy/overlays/production',
    'kustomization:deploy/overlays/staging',
    'kustomization:kustomize',
  ],
  environments: Object.fromEntries(
    ['dev', 'staging', 'production'].map((name) => [name, [`kustomization:deploy/overlays/${name}`]]),
  ),
  kustomizations: [
    'deploy/overlays/dev',
    'deploy/overlays/production',
    'deploy/overlays/staging',
    'deploy/bases/database',
    'kustomize',
  ],
  charts: ['charts/podinfo'],
};

const shop: Expected = {
  sources: [
    '- chart:charts/orders',
    'fluxHelmRelease:clusters/production/orders.yaml#shop/orders',
    'fluxHelmRelease:clusters/staging/orders.yaml#shop/orders',
    'fluxKustomization:clusters/production/platform.yaml#flux-system/platform',
    'fluxKustomization:clusters/production/web.yaml#flux-system/web',
    'fluxKustomization:clusters/staging/platform.yaml#flux-system/platform',
    'fluxKustomization:clusters/staging/web.yaml#flux-system/web',
    'folder:clusters/production',
    'folder:clusters/staging',
    '- kustomization:apps/web/base',
    '- kustomization:apps/web/overlays/production',
    '- kustomization:apps/web/overlays/staging',
  ],
  environments: Object.fromEntries(
    ['staging', 'production'].map((name) => [
      name,
      [
        `folder:clusters/${name}`,
        `fluxKustomization:clusters/${name}/platform.yaml#flux-system/platform`,
        `fluxKustomization:clusters/${name}/web.yaml#flux-system/web`,
        `fluxHelmRelease:clusters/${name}/orders.yaml#shop/orders`,
      ],
    ]),
  ),
  kustomizations: ['apps/web/overlays/production', 'apps/web/overlays/staging', 'apps/web/base'],
  charts: ['charts/orders'],
};

/** The program of a peer, built by set-up. */
async function peer(name: string): Promise<string> {
  const script = pathToFileURL(path.join(checkout, 'scripts/peers.mjs')).href;
  const peers = (await import(script)) as { peer(name: string): Promise<string> };
  return peers.peer(name);
}

function repository(title: string, folder: string, expected: Expected, remote?: string): void {
  describe(title, () => {
    let root: string;
    before(() => {
      root = copyOf(folder, remote === undefined ? {} : { remote });
    });

    it('its sources and environments are found', async () => {
      const workspace = await discover(createFileTree(root));
      assert.deepEqual(
        workspace.sources.map((source) => `${source.root ? '' : '- '}${source.id}`),
        expected.sources,
      );
      assert.deepEqual(
        Object.fromEntries(workspace.environments.map((e) => [e.name, e.sources])),
        expected.environments,
      );
      assert.deepEqual(workspace.problems, []);
    });

    it('it is valid', async () => {
      const { status, out, err } = await plumbline(root, ['check', '--fail-on', 'warning']);
      assert.equal(status, 0, out + err);
    });

    for (const dir of expected.kustomizations) {
      it(`${dir} is what kustomize builds`, async () => {
        const tool = execFileSync(await peer('kustomize'), ['build', dir], { cwd: root, encoding: 'utf8' });
        const ours = await plumbline(root, ['render', `kustomization:${dir}`]);
        assert.equal(ours.err, '');
        assert.equal(ours.out, tool);
      });
    }

    for (const dir of expected.charts) {
      it(`${dir} is what helm renders`, async () => {
        const name = path.basename(dir);
        const tool = execFileSync(await peer('helm'), ['template', name, dir], { cwd: root, encoding: 'utf8' });
        const ours = await plumbline(root, ['render', `chart:${dir}`]);
        assert.equal(ours.err, '');
        // podinfo names its test pods with random letters.
        const random = (text: string): string => text.replace(/-test-[a-z0-9]{5}\b/gi, '-test-xxxxx');
        assert.equal(random(ours.out), random(tool));
      });
    }
  });
}

after(endEngines);
repository(
  'the example repository',
  path.join(checkout, 'examples/shop/files'),
  shop,
  'https://git.example/shop/shop.git',
);
const realFlux = corpus('flux2-kustomize-helm-example');
if (realFlux !== undefined) {
  repository('flux2-kustomize-helm-example', realFlux, flux);
}
const realPodinfo = corpus('podinfo');
if (realPodinfo !== undefined) {
  repository('podinfo', realPodinfo, podinfo);
}
