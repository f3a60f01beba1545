// Schemas of a cluster: a kind that nobody knows, the capture from the palette, and the same file judged by what the cluster said.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, it } from 'mocha';
import { journey } from '../../support/vscodeJourney.mjs';

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.lab.example.com' },
  spec: {
    group: 'lab.example.com',
    scope: 'Namespaced',
    names: { kind: 'Gadget', listKind: 'GadgetList', plural: 'gadgets', singular: 'gadget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                description: 'What the gadget is to do.',
                properties: { size: { type: 'integer', description: 'How large it is, from 1 to 9.', maximum: 9 } },
              },
            },
          },
        },
      },
    ],
  },
};

const resource = (kind, name, scope = 'Cluster') => ({
  resource: name,
  responseKind: { kind },
  scope,
  verbs: ['get', 'list'],
});
const group = (name, version, ...resources) => ({ metadata: { name }, versions: [{ version, resources }] });
const groups = (items) => ({ kind: 'APIGroupDiscoveryList', items });

/** As much of an API server as a capture asks of it. */
const answers = {
  '/version': { gitVersion: 'v1.35.4' },
  '/api': groups([group('', 'v1', resource('Service', 'services', 'Namespaced'))]),
  '/apis': groups([
    group('lab.example.com', 'v1', resource('Gadget', 'gadgets', 'Namespaced')),
    group('apiextensions.k8s.io', 'v1', resource('CustomResourceDefinition', 'customresourcedefinitions')),
    group('networking.k8s.io', 'v1', resource('ServiceCIDR', 'servicecidrs')),
  ]),
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': {
    kind: 'CustomResourceDefinitionList',
    metadata: {},
    items: [definition],
  },
  '/apis/networking.k8s.io/v1/servicecidrs': {
    kind: 'ServiceCIDRList',
    metadata: {},
    items: [{ metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.43.0.0/16'] } }],
  },
};

const files = {
  '.plumbline.yaml':
    'environments:\n  - name: lab\n    sources: [apps]\n    target: { context: lab-eu, kubeconfig: lab.kubeconfig }\n',
  'apps/kustomization.yaml': 'resources: [gadget.yaml]\n',
  'apps/gadget.yaml': 'apiVersion: lab.example.com/v1\nkind: Gadget\nmetadata:\n  name: first\nspec:\n  size: 12\n',
};

let server;
before(async () => {
  server = http.createServer((request, response) => {
    const answer = answers[new URL(request.url, 'http://localhost').pathname];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { kind: 'Status', code: 404, reason: 'NotFound', message: 'not found' }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(() => server.close());

async function make(folder) {
  const url = `http://127.0.0.1:${server.address().port}`;
  const config = `apiVersion: v1\nkind: Config\nclusters: [{ name: c, cluster: { server: "${url}" } }]\nusers: [{ name: u, user: { token: t } }]\ncontexts: [{ name: lab-eu, context: { cluster: c, user: u } }]\n`;
  for (const [name, text] of Object.entries({
    ...files,
    'lab.kubeconfig': config,
    '.git/HEAD': 'ref: refs/heads/main\n',
  })) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
}

journey('schemas', { theme: 'light', make }, (the) => {
  const row = (text) => the().page.locator('.quick-input-list .monaco-list-row', { hasText: text });

  it('says quietly that a kind is not known', async () => {
    await the().openFile('apps/gadget.yaml');
    await the().page.locator('.squiggly-info').first().waitFor({ timeout: 60_000 });
    await the().goTo(1, 15);
    await the().page.keyboard.press('F8');
    await the().page.getByText('No schema is known for lab.example.com/v1 Gadget').first().waitFor();
    await the().shot('unknown');
    await the().page.keyboard.press('Escape');
  });

  it('captures the schemas of the cluster', async () => {
    await the().command('Plumbline: Capture Schemas from Cluster…');
    await row('lab-eu').waitFor();
    await the().shot('contexts');
    await row('lab-eu').click();
    await row('On this machine').waitFor();
    await the().shot('place');
    await row('In the repository').click();
    await the().page.locator('.quick-input-box input').waitFor();
    await the().shot('folder');
    await the().page.keyboard.press('Enter');
    await the().toast('Captured lab-eu: Kubernetes 1.35.4, 1 custom kind.').waitFor();
    await the().shot('captured');
  });

  it('judges by them once they are named', async () => {
    fs.appendFileSync(path.join(the().folder, '.plumbline.yaml'), 'schemas: [schemas/lab-eu]\n');
    await the().page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
    await the().shot('judged');
  });
});
