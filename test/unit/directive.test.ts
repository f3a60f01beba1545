// Schemas that documents name: how the comment is read, what it counts for, and the check by a JSON Schema.
import assert from 'node:assert/strict';
import { compileJsonSchema } from '../../server/src/adapters/jsonSchemas';
import type { JsonObject, JsonValue } from '../../server/src/core/json';
import { directivesOf } from '../../server/src/core/schema/directive';
import { readNamedSchemas } from '../../server/src/core/schema/namedSchemas';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { newSchemaStore } from '../support/schemas';

const found = (text: string, path = 'apps/a/file.yaml', root?: string): string[] =>
  [...directivesOf(parseYaml(text), path, root)]
    .sort(([a], [b]) => a - b)
    .map(([index, { kind, target }]) => `${index} ${kind} ${target}`);

describe('schema directives', () => {
  it('are read in both spellings', () => {
    assert.deepEqual(found('# yaml-language-server: $schema=none\na: b\n'), ['0 off none']);
    assert.deepEqual(found('#yaml-language-server:   $schema = ../x.json  \na: b\n'), ['0 file apps/x.json']);
    assert.deepEqual(found('# plumbline-schema: /x.json\na: b\n'), ['0 outside /x.json']);
    assert.deepEqual(found('# plumbline-schema: x.json\r\na: b\r\n'), ['0 file apps/a/x.json']);
    assert.deepEqual(found('\uFEFF# plumbline-schema: x.json\na: b\n'), ['0 file apps/a/x.json']);
    assert.deepEqual(found('# the $schema=x.json of others\na: "# plumbline-schema: x"\n'), []);
  });

  it('count for every document at the head, and for their own elsewhere', () => {
    const three = (head: string, second = ''): string => `${head}\n---\na: 1\n---\n${second}b: 2\n---\nc: 3\n`;
    assert.deepEqual(
      found(three('# plumbline-schema: x.json')),
      [0, 1, 2].map((i) => `${i} file apps/a/x.json`),
    );
    assert.deepEqual(found(three('# plumbline-schema: x.json', '# plumbline-schema: none\n')), [
      '0 file apps/a/x.json',
      '1 off none',
      '2 file apps/a/x.json',
    ]);
    assert.deepEqual(found('a: 1\n---\n# plumbline-schema: x.json\nb: 2\n---\nc: 3\n'), ['1 file apps/a/x.json']);
    assert.deepEqual(found('a: 1\n# plumbline-schema: x.json\n---\nb: 2\n'), ['0 file apps/a/x.json']);
  });

  it('name files of the repository, and nothing else is read', () => {
    const cases: [string, string, string?][] = [
      ['./x.json', 'file apps/a/x.json'],
      ['../../../x.json', 'outside ../../../x.json'],
      ['..\\x.json', 'file apps/x.json'],
      ['x.json#/definitions/y', 'file apps/a/x.json'],
      ['https://example.com/x.json', 'url https://example.com/x.json'],
      ['HTTP://example.com/x.json', 'url HTTP://example.com/x.json'],
      ['vscode://schemas/x', 'url vscode://schemas/x'],
      ['file:///home/me/repo/crds/my%20crd.yaml', 'file crds/my crd.yaml', '/home/me/repo'],
      ['file:///c:/repo/x.json', 'file x.json', 'c:\\repo'],
      ['file:///etc/passwd', 'outside file:///etc/passwd', '/home/me/repo'],
      ['file:///home/me/repository/x', 'outside file:///home/me/repository/x', '/home/me/repo'],
      ['file:///%zz', 'outside file:///%zz', '/home/me/repo'],
      ['/home/me/repo/x.json', 'file x.json', '/home/me/repo/'],
    ];
    for (const [written, expected, root] of cases) {
      assert.deepEqual(found(`# plumbline-schema: ${written}\na: b\n`, 'apps/a/file.yaml', root), [`0 ${expected}`]);
    }
  });
});

describe('named schema files', () => {
  const named = async (text: string | undefined, path = 'x.json'): Promise<string> => {
    const store = newSchemaStore();
    const read = (): Promise<string | undefined> => Promise.resolve(text);
    const jsonSchemas = (): Promise<typeof compileJsonSchema> => Promise.resolve(compileJsonSchema);
    await readNamedSchemas(parseYaml(`# plumbline-schema: ${path}\na: b\n`), 'a.yaml', undefined, {
      tree: { read },
      store,
      jsonSchemas,
    });
    const schema = store.named(path)?.schema;
    return schema?.kind === 'unusable' ? schema.reason : (schema?.kind ?? 'nothing');
  };

  it('are definitions, OpenAPI descriptions, JSON Schemas, or of no use', async () => {
    const crd = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n';
    assert.equal(await named(`a: b\n---\n${crd}`, 'x.yaml'), 'definitions');
    const gvk = [{ group: 'example.com', version: 'v1', kind: 'W' }];
    const schemas = { 'com.example.v1.W': { type: 'object', 'x-kubernetes-group-version-kind': gvk } };
    assert.equal(await named(JSON.stringify({ openapi: '3.0.0', components: { schemas } })), 'definitions');
    assert.equal(await named('{"type":"object"}'), 'json');
    assert.equal(await named('type: object\n', 'x.yaml'), 'json');
    assert.equal(await named('{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object"}'), 'json');
    assert.match(await named(undefined), /^There is no file x\.json$/);
    for (const text of ['', '[]', '{', '{"a":1}', '{"openapi":"3.0.0"}']) {
      assert.match(await named(text), /holds no schema$/, text);
    }
    assert.match(await named('{"$ref":"https://example.com/a.json"}'), /refers to \S+, which is not fetched$/);
    assert.match(await named('{"type":"nonsense"}'), /cannot be used as a schema/);
  });
});

describe('checks by JSON Schemas', () => {
  const faults = (schema: JsonObject, value: JsonValue): string[] => {
    const check = compileJsonSchema(schema);
    assert.ok(typeof check === 'function', String(check));
    return check(value).map(({ path, key, message }) => `${path}${key === undefined ? '' : ` +${key}`}: ${message}`);
  };

  it('name the place and what is wrong', () => {
    const schema = {
      properties: { a: { type: 'integer' }, b: { enum: ['x', 'y'] }, c: {} },
      required: ['a', 'c'],
      additionalProperties: false,
    };
    assert.deepEqual(faults(schema, { a: '1', b: 'z', d: 1 }), [
      ': c is missing',
      ' +d: d is not allowed here',
      '/a: must be integer',
      '/b: must be one of "x", "y"',
    ]);
    assert.deepEqual(faults(schema, { a: 1, c: 2 }), []);
  });

  it('speak of the branch that was meant, or of none', () => {
    const branch = (kind: string, field: string): JsonObject => ({
      properties: { kind: { const: kind }, spec: { required: [field], properties: { [field]: { type: 'string' } } } },
      required: ['kind'],
    });
    const schema = { oneOf: [branch('A', 'a'), branch('B', 'b')] };
    assert.deepEqual(faults(schema, { kind: 'A', spec: { a: 'x' } }), []);
    assert.equal(faults(schema, { kind: 'C', spec: {} }).length, 1);
    assert.deepEqual(faults({ anyOf: [{ type: 'string' }, { type: 'integer' }] }, true), [
      ': fits none of the forms that the schema allows',
    ]);
  });
});
