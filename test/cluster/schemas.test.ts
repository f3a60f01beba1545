// The schemas and the structural check against a real API server: it publishes what the pack holds, and it refuses whatever the
// check calls an error. A false alarm fails; what only the server finds is for the exact engine.
import assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { JsonObject, JsonPath, JsonValue } from '../../server/src/core/json';
import { isObject } from '../../server/src/core/json';
import type { KubernetesObject } from '../../server/src/core/resource';
import { checkDocument } from '../../server/src/core/schema/checkDocument';
import type { SchemaNode } from '../../server/src/core/schema/schemaNode';
import { childSchema } from '../../server/src/core/schema/schemaPath';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toJson } from '../../server/src/core/yaml/resolve';
import type { Cluster } from '../support/cluster';
import { startCluster } from '../support/cluster';
import { newSchemaStore, repositoryRoot, schemaPack } from '../support/schemas';

const store = newSchemaStore();
const minor = '1.36';

describe('schemas and a real API server', () => {
  let cluster: Cluster;
  before(async function () {
    this.timeout(900_000);
    cluster = await startCluster({ controllers: 'none', crds: true });
  });
  after(() => cluster?.stop());

  it('are equal to what it publishes, value enums included', async function () {
    this.timeout(60_000);
    const index = (await cluster.call('GET', '/openapi/v3')) as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    const builtin = new Set(store.kinds(minor).map((k) => k.apiVersion));
    let compared = 0;
    let enums = 0;
    for (const [name, { serverRelativeURL }] of Object.entries(index.paths)) {
      const groupVersion = name.replace(/^apis?\//, '');
      if (!builtin.has(groupVersion) || isCustom(groupVersion)) {
        continue;
      }
      const theirs = schemasOf(await cluster.call('GET', serverRelativeURL));
      const ours = schemasOf(store.openApi(minor, [groupVersion])[0] ?? {});
      assert.ok(Object.keys(ours).length > 0, groupVersion);
      for (const [definition, schema] of Object.entries(ours)) {
        const live = comparable(theirs[definition] ?? null);
        assert.deepEqual(comparable(schema), live, `${groupVersion} ${definition}`);
        compared += 1;
      }
      enums += countEnums(theirs);
      assert.equal(countEnums(ours), countEnums(theirs), `enums of ${groupVersion}`);
    }
    assert.ok(compared > 400, `${compared} definitions compared`);
    assert.ok(enums >= 160, `${enums} enums compared`);
  });

  it('are definitions that it takes, every bundled one', async function () {
    this.timeout(120_000);
    const pack = schemaPack();
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    for (const crd of pack.crds) {
      const definition = JSON.parse(pack.crdText(crd)) as JsonObject;
      // Some are installed already, which took the same verdict.
      const answer = await cluster
        .call('POST', `${path}?dryRun=All`, definition)
        .catch((error: unknown) => String(error));
      assert.ok(typeof answer !== 'string' || answer.includes('"conflict"'), `${crd.name}: ${JSON.stringify(answer)}`);
    }
  });

  it('accepts every fixture that is called valid', async function () {
    this.timeout(60_000);
    for (const { file, object } of validObjects()) {
      const refused = await refusal(object);
      assert.equal(refused, undefined, `${file} ${object.kind}: ${refused}`);
    }
  });

  it('refuses every mutation that the structural check calls an error', async function () {
    this.timeout(300_000);
    const mutants = validObjects().flatMap(({ object }) => mutations(object));
    assert.ok(mutants.length > 5_000, `${mutants.length} mutants`);
    const falseAlarms: string[] = [];
    let refused = 0;
    let found = 0;
    await inParallel(mutants, 12, async ({ name, object }) => {
      const errors = errorsOf(object);
      const answer = await refusal(object);
      refused += answer === undefined ? 0 : 1;
      found += answer !== undefined && errors.length > 0 ? 1 : 0;
      if (answer === undefined && errors.length > 0) {
        falseAlarms.push(`${name}: ${errors[0] ?? ''}`);
      }
    });
    assert.deepEqual(falseAlarms, []);
    console.log(`      ${mutants.length} mutants, ${refused} refused, ${found} of them found by the structural check`);
    assert.ok(found / refused > 0.85, `${found} of ${refused} found`);
  });

  /** What the server says against an object; undefined where it accepts it. */
  async function refusal(object: KubernetesObject): Promise<string | undefined> {
    const kind = store.lookup({ apiVersion: object.apiVersion, kind: object.kind, minor });
    assert.ok(kind);
    const base = kind.apiVersion.includes('/') ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
    const url = `${base}${kind.namespaced ? '/namespaces/default' : ''}/${kind.plural}?dryRun=All&fieldValidation=Strict`;
    try {
      await cluster.call('POST', url, object);
      return undefined;
    } catch (error) {
      const text = (error as Error).message;
      // An object that exists already was validated before.
      return text.includes('already exists') ? undefined : text;
    }
  }
});

function isCustom(groupVersion: string): boolean {
  return store
    .kinds(minor)
    .some((k) => k.apiVersion === groupVersion && store.lookup({ ...k, minor })?.custom === true);
}

function schemasOf(document: JsonObject): Record<string, JsonObject> {
  const components = document.components as { schemas?: Record<string, JsonObject> } | undefined;
  return components?.schemas ?? {};
}

/** A schema without descriptions, with references in one form. */
function comparable(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    return value.map(comparable);
  }
  if (!isObject(value)) {
    return value;
  }
  const out: JsonObject = {};
  for (const [key, v] of Object.entries(value)) {
    const only = key === 'allOf' && Array.isArray(v) && v.length === 1 ? v[0] : undefined;
    if (isObject(only) && typeof only.$ref === 'string') {
      out.$ref = only.$ref;
    } else if (!(key === 'description' && typeof v === 'string')) {
      out[key] = comparable(v);
    }
  }
  return out;
}

function countEnums(value: JsonValue): number {
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, v) => sum + countEnums(v), 0);
  }
  return isObject(value)
    ? Object.entries(value).reduce((sum, [key, v]) => sum + (key === 'enum' && Array.isArray(v) ? 1 : countEnums(v)), 0)
    : 0;
}

function validObjects(): { file: string; object: KubernetesObject }[] {
  const dir = path.join(repositoryRoot, 'test/fixtures/schema/valid');
  return fs.readdirSync(dir).flatMap((file) =>
    parseYaml(fs.readFileSync(path.join(dir, file), 'utf8')).documents.map((document) => ({
      file,
      object: toJson(document.root) as KubernetesObject,
    })),
  );
}

/** Errors that the check finds in an object, read from its JSON text, which is YAML, too. */
function errorsOf(object: JsonObject): string[] {
  const parsed = parseYaml(JSON.stringify(object));
  return parsed.documents
    .flatMap((document) => checkDocument(document, store, { path: 'x.yaml', lines: parsed.lines, minor }))
    .filter((problem) => problem.severity === 'error')
    .map((problem) => `${problem.rule} ${problem.message}`);
}

const replacements: JsonValue[] = ['zzz', '', 7, -1, 1.5, 3_000_000_000, true, null, {}, { a: 'b' }, [], ['a'], [null]];

/** One fault each: every field removed, replaced by values of other types, and every map and list with one entry more. */
function mutations(object: KubernetesObject): { name: string; object: KubernetesObject }[] {
  const kind = store.lookup({ apiVersion: object.apiVersion, kind: object.kind, minor });
  assert.ok(kind);
  const mutants: { name: string; object: KubernetesObject }[] = [];
  const mutate = (name: string, at: JsonPath, change: (parent: JsonObject | JsonValue[]) => void): void => {
    const copy = structuredClone(object);
    const parent = at.reduce<JsonValue>((v, step) => (v as Record<string | number, JsonValue>)[step] ?? null, copy);
    change(parent as JsonObject | JsonValue[]);
    mutants.push({ name: `${object.kind} ${[...at].join('.')} ${name}`, object: copy });
  };
  const visit = (value: JsonValue, schema: SchemaNode | undefined, at: JsonPath): void => {
    if (Array.isArray(value)) {
      mutate('repeats its first item', at, (list) => (list as JsonValue[]).push(structuredClone(value[0] ?? null)));
      value.forEach((item, i) => child(item, schema, at, i));
    } else if (isObject(value)) {
      mutate('has an unknown field', at, (map) => ((map as JsonObject).xUnknown = 'v'));
      for (const [name, v] of Object.entries(value)) {
        if (at.length === 0 && (name === 'apiVersion' || name === 'kind')) {
          continue;
        }
        mutate(`without ${name}`, at, (map) => delete (map as JsonObject)[name]);
        child(v, schema, at, name);
      }
    }
  };
  const child = (value: JsonValue, schema: SchemaNode | undefined, at: JsonPath, step: string | number): void => {
    for (const replacement of replacements) {
      mutate(`${step} = ${JSON.stringify(replacement)}`, at, (parent) => {
        (parent as Record<string | number, JsonValue>)[step] = replacement;
      });
    }
    visit(value, schema && childSchema(schema, step), [...at, step]);
  };
  visit(object, kind.schema, []);
  return mutants;
}

async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let item = items[next++]; item !== undefined; item = items[next++]) {
        await work(item);
      }
    }),
  );
}
