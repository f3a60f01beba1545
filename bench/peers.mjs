// The peers of the benchmarks, each from its registry at a pinned version, into the cache: kubeconform, yaml-language-server, kubectl;
// and for the first two the JSON schemas of the bundled Kubernetes definitions, converted the way that those tools expect.
import fs from 'node:fs';
import path from 'node:path';
import { filesOf, keyOf, once, root } from '../scripts/lib/cache.mjs';
import { goToolchain } from '../scripts/lib/go.mjs';
import { run } from '../scripts/lib/run.mjs';

const program = (name) => (process.platform === 'win32' ? `${name}.exe` : name);

export async function kubeconform(say) {
  const { go, env, version } = await goToolchain(say);
  const pinned = 'github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0';
  const dir = await once(
    'kubeconform',
    keyOf([pinned, version]),
    (d) => run(go, ['install', '-p', '3', pinned], { env: { ...env, GOBIN: d } }),
    {
      say,
      usually: '20 s',
    },
  );
  return path.join(dir, program('kubeconform'));
}

/** kubectl of the same Kubernetes release as the API server of the tests, from the same module. */
export async function kubectl(say) {
  const { go, env, version } = await goToolchain(say);
  const source = path.join(root, 'test/cluster/apiserver');
  const inputs = filesOf(source, (name) => /^go\.(mod|sum)$/.test(name));
  const [, release] = /k8s\.io\/kubernetes (v[\d.]+)/.exec(fs.readFileSync(path.join(source, 'go.mod'), 'utf8'));
  const [major, minor] = release.slice(1).split('.');
  const flags = `-s -w -X k8s.io/component-base/version.gitVersion=${release} -X k8s.io/component-base/version.gitMajor=${major} -X k8s.io/component-base/version.gitMinor=${minor}`;
  const dir = await once(
    'kubectl',
    keyOf([version, ...inputs]),
    (d) =>
      run(
        go,
        [
          'build',
          '-mod=mod',
          '-p',
          '3',
          '-ldflags',
          flags,
          '-o',
          path.join(d, program('kubectl')),
          'k8s.io/kubernetes/cmd/kubectl',
        ],
        { cwd: source, env },
      ),
    { say, usually: '1 minute' },
  );
  return path.join(dir, program('kubectl'));
}

export async function yamlLanguageServer(say) {
  const pinned = 'yaml-language-server@1.25.0';
  const dir = await once(
    'yaml-language-server',
    pinned.replace('@', '-'),
    async (d) => {
      fs.writeFileSync(path.join(d, 'package.json'), '{"private":true}');
      await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', pinned], { cwd: d });
    },
    { say, usually: '15 s' },
  );
  return path.join(dir, 'node_modules/yaml-language-server/out/server/src/server.js');
}

/** A folder of strict JSON schemas, `<group or version>/<version>/<kind>.json`, and one file that is any of them. */
export async function jsonSchemas(say) {
  const pack = path.join(root, 'dist/schemas/kubernetes.json');
  return once(
    'json-schemas',
    keyOf(['3', { name: 'pack', file: pack }, { name: 'converter', file: import.meta.filename }]),
    async (d) => {
      const { kinds, definitions, releases } = JSON.parse(fs.readFileSync(pack, 'utf8'));
      const lines = fs.readFileSync(path.join(path.dirname(pack), 'definitions.jsonl'), 'utf8').split('\n');
      const bodies = lines.map((line) => JSON.parse(line));
      const last = releases.length - 1;
      const body = (name) => {
        const index = definitions[name];
        const at = Array.isArray(index) ? index[last] : index;
        return at === null || at === undefined ? {} : bodies[at];
      };
      const all = [];
      for (const { group, version, kind, definition, minors } of kinds.filter((k) => k.minors.includes(last))) {
        void minors;
        const schema = strict(body(definition), body, [definition]);
        const apiVersion = group === '' ? version : `${group}/${version}`;
        schema.properties = {
          ...schema.properties,
          apiVersion: { type: 'string', enum: [apiVersion] },
          kind: { type: 'string', enum: [kind] },
        };
        schema.required = [...new Set([...(schema.required ?? []), 'apiVersion', 'kind'])];
        const file = path.join(d, group || version, version, `${kind.toLowerCase()}.json`);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, JSON.stringify(schema));
        all.push({ file, group, version, kind });
      }
      fs.writeFileSync(
        path.join(d, 'all.json'),
        JSON.stringify({ oneOf: all.map(({ file }) => ({ $ref: `file://${file}` })) }),
      );
    },
    { say },
  );
}

/** References expanded, objects closed, optional fields nullable: what the schema sets that these tools are used with look like. */
function strict(schema, body, open) {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref;
    if (name.endsWith('.IntOrString')) {
      return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
    }
    if (name.endsWith('.Quantity')) {
      return { oneOf: [{ type: 'string' }, { type: 'number' }] };
    }
    return open.includes(name) ? {} : strict(body(name), body, [...open, name]);
  }
  const result = {};
  for (const key of ['type', 'format', 'enum', 'required']) {
    if (schema[key] !== undefined) {
      result[key] = schema[key];
    }
  }
  if (result.format === 'int-or-string' || schema['x-kubernetes-int-or-string']) {
    return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  }
  if (schema.properties) {
    result.type = 'object';
    result.additionalProperties = false;
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => {
        const converted = strict(property, body, open);
        return [name, (schema.required ?? []).includes(name) ? converted : nullable(converted)];
      }),
    );
  }
  if (schema.additionalProperties && typeof schema.additionalProperties === 'object') {
    result.additionalProperties = nullable(strict(schema.additionalProperties, body, open));
  }
  if (schema.items) {
    result.items = strict(schema.items, body, open);
  }
  return result;
}

function nullable(schema) {
  if (typeof schema.type === 'string') {
    return { ...schema, type: [schema.type, 'null'], ...(schema.enum ? { enum: [...schema.enum, null] } : {}) };
  }
  return schema.oneOf ? { ...schema, oneOf: [...schema.oneOf, { type: 'null' }] } : schema;
}
