// From a keystroke to the rendered preview: an overlay of 50 objects with patches, and a chart of 25 templates. The edit is unsaved; the answer is
// the whole rendering with the source of every line.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { workloads, write } from '../generate.mjs';
import { percentile } from '../lib/figures.mjs';
import { startOurs } from '../lib/servers.mjs';

const overlayObjects = 50;
const chartTemplates = 25;
const pace = 100;

export const preview = {
  what: 'typing while a preview is open',
  parts: ['types', 'engines', 'schemas'],

  async run(context) {
    const { dir, keystrokes, say } = context;
    const folder = path.join(dir, 'preview');
    writeOverlay(path.join(folder, 'overlay'));
    writeChart(path.join(folder, 'chart'));
    const server = await startOurs(context, folder);
    try {
      const rows = [];
      for (const { what, file, limit } of [
        { what: `an overlay of ${overlayObjects} objects`, file: 'overlay/staging/patch.yaml', limit: 250 },
        { what: `a chart of ${chartTemplates} templates`, file: 'chart/values.yaml', limit: 100 },
      ]) {
        say(`preview: ${what}`);
        const times = await typeInto(server, path.join(folder, file), keystrokes);
        rows.push(
          { what: `keystroke → preview of ${what}, p50`, unit: 'ms', ours: percentile(times, 0.5), samples: times },
          {
            what: `keystroke → preview of ${what}, p95`,
            unit: 'ms',
            ours: percentile(times, 0.95),
            samples: times,
            target: `≤ ${limit} ms`,
            met: percentile(times, 0.95) <= limit,
          },
        );
      }
      return rows;
    } finally {
      await server.stop();
    }
  },
};

/** Types a digit behind `replicas: 2` and takes it away again. The times until the preview has it, after a warm-up. */
async function typeInto(server, file, keystrokes) {
  const text = fs.readFileSync(file, 'utf8');
  const line = text.split('\n').findIndex((l) => l.includes('replicas: 2'));
  const end = text.split('\n')[line].length;
  const uri = server.open(file, text);
  const times = [];
  const warmUp = 20;
  for (let i = 0; i < keystrokes + warmUp; i++) {
    const longer = i % 2 === 0;
    const range = { start: { line, character: end }, end: { line, character: longer ? end : end + 1 } };
    const started = performance.now();
    server.change(uri, i + 2, [{ range, text: longer ? '7' : '' }]);
    const answer = await server.connection.sendRequest('plumbline/preview', { uri });
    const took = performance.now() - started;
    if (answer.text === undefined || answer.failure !== undefined || answer.text.includes('replicas: 27') !== longer) {
      throw new Error(`The preview does not show the edit: ${JSON.stringify(answer).slice(0, 800)}`);
    }
    if (i >= warmUp) {
      times.push(took);
    }
    await sleep(Math.max(0, pace - took));
  }
  return times;
}

function writeOverlay(folder) {
  const files = workloads(overlayObjects, 'shop').map((file) => ({ ...file, path: file.path.replace('/', '-') }));
  write(path.join(folder, 'base'), files);
  write(path.join(folder, 'base'), [
    { path: 'kustomization.yaml', text: `resources:\n${files.map((file) => `  - ${file.path}\n`).join('')}` },
  ]);
  write(path.join(folder, 'staging'), [
    {
      path: 'kustomization.yaml',
      text: `resources:
  - ../base
namespace: staging
commonAnnotations:
  stage: staging
images:
  - name: registry.example/bench/app-1
    newTag: "9.9"
patches:
  - path: patch.yaml
`,
    },
    {
      path: 'patch.yaml',
      text: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-3
  namespace: shop
spec:
  replicas: 2
`,
    },
  ]);
}

/** Workloads as templates: names, replicas and images are values. */
function writeChart(folder) {
  const templates = workloads(chartTemplates, 'shop').map(({ path: name, text }) => ({
    path: `templates/${name.replace('/', '-')}`,
    text: text
      .replace('namespace: shop', 'namespace: {{ .Release.Namespace }}')
      .replace(/replicas: \d+/, 'replicas: {{ .Values.replicas }}')
      .replace(
        /image: .*/,
        'image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"',
      ),
  }));
  write(folder, [
    { path: 'Chart.yaml', text: 'apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: "1.2.3"\n' },
    { path: 'values.yaml', text: 'replicas: 2\nimage:\n  repository: registry.example/shop\n  tag: ""\n' },
    ...templates,
  ]);
}
