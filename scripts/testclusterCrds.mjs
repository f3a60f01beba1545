// A data folder of the test API server with CRDs of the schema pack installed: starting from it takes seconds, installing them half a minute.
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyOf, once } from './lib/cache.mjs';
import { copyData, startProcess } from './lib/clusterProcess.mjs';
import { ensure as ensureSchemas } from './schemas.mjs';
import { ensure as ensureProgram } from './testcluster.mjs';

/** Whose definitions of the schema pack are installed; all of it would make every start of a server slow. */
const products = [
  'argo-cd',
  'argo-rollouts',
  'cert-manager',
  'external-secrets',
  'flux-helm-controller',
  'flux-image-automation-controller',
  'flux-image-reflector-controller',
  'flux-kustomize-controller',
  'flux-notification-controller',
  'flux-source-controller',
  'gateway-api',
  'keda',
  'knative-serving',
  'prometheus-operator',
  'tekton-pipelines',
];

const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Path of the folder: what `golden` of the test harness takes. */
export async function ensure(say = () => {}) {
  const [program, schemas] = await Promise.all([ensureProgram(say), ensureSchemas(say)]);
  const files = products.map((name) => ({ name, file: path.join(schemas, 'crds', `${name}.jsonl`) }));
  const key = keyOf([path.basename(path.dirname(program)), ...files]);
  const definitions = files.flatMap(({ file }) => fs.readFileSync(file, 'utf8').split('\n').filter(Boolean));
  return once('testcluster-crds', key, (target) => install(program, definitions, target), { say, usually: '40 s' });
}

async function install(program, definitions, target) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-crds-'));
  const server = await startProcess(program, dir, { args: ['--controllers', 'none'] });
  try {
    const call = caller(server);
    for (const definition of definitions) {
      const { status, body } = await call('POST', collection, definition, 'application/json');
      if (status !== 201) {
        throw new Error(`${JSON.parse(definition).metadata.name}: ${status} ${body.message}`);
      }
    }
    for (const deadline = Date.now() + 120_000; ; await sleep(200)) {
      const { body } = await call('GET', collection);
      const waiting = body.items.filter(
        (crd) => !crd.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True'),
      );
      if (waiting.length === 0) {
        break;
      }
      if (Date.now() > deadline) {
        throw new Error(`not established: ${waiting.map((crd) => crd.metadata.name).join(', ')}`);
      }
    }
    await server.kill();
    copyData(dir, target);
  } finally {
    await server.kill();
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

/** Calls the server as root. */
function caller(server) {
  const config = fs.readFileSync(server.kubeconfig('root'), 'utf8');
  const value = (name) => new RegExp(`${name}: (\\S+)`).exec(config)[1];
  const agent = new https.Agent({ keepAlive: true, ca: Buffer.from(value('certificate-authority-data'), 'base64') });
  const headers = { authorization: `Bearer ${value('token')}` };
  return (method, url, body, type) =>
    new Promise((resolve, reject) => {
      const options = { method, agent, headers: { ...headers, ...(type ? { 'content-type': type } : {}) } };
      const request = https.request(server.server() + url, options, (response) => {
        const chunks = [];
        response.on('data', (d) => chunks.push(d));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) }),
        );
      });
      request.on('error', reject);
      request.end(body);
    });
}

if (import.meta.filename === process.argv[1]) {
  console.log(await ensure((line) => console.error(line)));
}
