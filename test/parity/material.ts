// The material: manifests that nobody wrote for these tests, out of pinned Go modules and, where they are, the corpora.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { identityOf } from '../../server/src/core/kinds/identity';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { script } from '../support/cluster';
import { checkout, corpus } from '../support/shared';

/** Modules whose YAML files are read; all of them are pinned elsewhere in this repository, too, or nothing depends on them. */
const modules = [
  'github.com/argoproj/argo-cd/v3@v3.5.7',
  'github.com/cert-manager/cert-manager@v1.21.2',
  'github.com/fluxcd/helm-controller@v1.6.4',
  'github.com/fluxcd/kustomize-controller@v1.9.6',
  'github.com/fluxcd/notification-controller@v1.9.2',
  'github.com/fluxcd/source-controller@v1.9.6',
  'github.com/prometheus-operator/prometheus-operator@v0.85.0',
  'sigs.k8s.io/gateway-api@v1.6.3',
  'k8s.io/kubernetes@v1.36.3',
  'k8s.io/kubectl@v0.36.3',
  'k8s.io/cli-runtime@v0.36.3',
  'sigs.k8s.io/kustomize/api@v0.21.2',
  'sigs.k8s.io/kustomize/kyaml@v0.21.2',
  'helm.sh/helm/v4@v4.3.1',
];

export interface Piece {
  /** `module path#document`. */
  name: string;
  text: string;
}

/** Folders of the material by name. */
export async function folders(): Promise<Map<string, string>> {
  const { downloadModules } = await script('schemapack/modules.mjs');
  const found = (await downloadModules?.(modules)) as Map<string, string>;
  found.set('our own', path.join(checkout, 'test/parity/manifests'));
  for (const name of ['podinfo', 'flux2-kustomize-helm-example']) {
    const folder = corpus(name);
    if (folder !== undefined) {
      found.set(name, folder);
    }
  }
  return found;
}

/** Definitions of our own: the repository of the check brings them, and the server gets them. */
export function definitions(): string[] {
  const dir = path.join(checkout, 'test/parity/definitions');
  return fs
    .readdirSync(dir)
    .sort()
    .map((file) => fs.readFileSync(path.join(dir, file), 'utf8'));
}

/** Every document with apiVersion and kind, each text once. Templates are no YAML and are left out. */
export function pieces(all: ReadonlyMap<string, string>): Piece[] {
  const seen = new Set<string>();
  const found: Piece[] = [];
  for (const [name, folder] of all) {
    for (const file of yamlFiles(folder)) {
      const text = fs.readFileSync(path.join(folder, file), 'utf8');
      // Several JSON objects one after the other are no YAML.
      if (text.length > 400_000 || (name !== 'our own' && /\{\{|^#@|^%|^\}\s*\{/m.test(text))) {
        continue;
      }
      documentsOf(text).forEach((document, index) => {
        const key = document.trim();
        const parsed = parseYaml(document);
        const isObject = identityOf(parsed.documents[0]?.root) !== undefined;
        if (isObject && document.length < 60_000 && !seen.has(key)) {
          seen.add(key);
          found.push({ name: `${name} ${file}#${index}`, text: document });
        }
      });
    }
  }
  return found;
}

/** As kubectl parts a file: at lines that start with `---`. */
export function documentsOf(text: string): string[] {
  const parts = text.split(/^---.*(?:\r?\n|$)/m);
  return parts.filter((part) => part.trim() !== '').map((part) => (part.endsWith('\n') ? part : part + '\n'));
}

function yamlFiles(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name) && !entry.name.startsWith('package'))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => !/node_modules|(^|\/)ui\//.test(file))
    .sort();
}
