// Masking: equal stays equal, different stays different, nothing else shows, and in doubt a value is hidden.
import * as assert from 'node:assert/strict';
import { base64 } from '../../server/src/core/drift/base64';
import {
  Masker,
  isMasked,
  maskCause,
  maskForFile,
  maskObject,
  placeholderKeys,
} from '../../server/src/core/drift/mask';
import type { JsonObject } from '../../server/src/core/json';

const secret = (data: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {},
  data,
  ...more,
});

describe('mask', () => {
  it('keeps equality and nothing else', () => {
    const masker = new Masker();
    const a = maskObject(secret({ x: 'short', y: 'a much longer value than that', z: 'short' }), masker)
      .data as JsonObject;
    const b = maskObject(secret({ x: 'short', y: 'changed' }), masker).data as JsonObject;
    assert.equal(a.x, a.z);
    assert.equal(a.x, b.x);
    assert.notEqual(a.y, b.y);
    assert.equal(JSON.stringify(a.x).length, JSON.stringify(a.y).length);
  });

  it('changes nothing but display copies', () => {
    const object = secret({ x: 'value' });
    const before = JSON.stringify(object);
    maskObject(object, new Masker());
    assert.equal(JSON.stringify(object), before);
    const plain = { kind: 'ConfigMap', data: { x: 'value' } };
    assert.equal(maskObject(plain, new Masker()), plain);
  });

  it('hides what is malformed, encrypted, unnamed or inside lists', () => {
    const hidden = (object: JsonObject): void =>
      assert.ok(!JSON.stringify(maskObject(object, new Masker())).includes('topsecret'), JSON.stringify(object));
    hidden({ kind: 'Secret', data: 'topsecret' });
    hidden({ kind: 'Secret', data: ['topsecret'] });
    hidden({ kind: 'Secret', data: { a: { b: 'topsecret' } } });
    hidden({ kind: 'Secret', stringData: { a: 'topsecret' } });
    hidden({ kind: 'secret', data: { a: 'topsecret' } });
    hidden({ kind: 'ConfigMap', sops: {}, data: { a: 'topsecret' } });
    hidden({ data: { a: 'topsecret' } });
    hidden({ kind: 'SecretList', items: [{ data: { a: 'topsecret' } }] });
    hidden({ kind: 'List', items: [{ kind: 'Secret', data: { a: 'topsecret' } }] });
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    hidden(secret({}, { metadata: { annotations: { [annotation]: '{"data":{"a":"topsecret"}}' } } }));
  });

  it('lets no message of a sensitive object quote a value', () => {
    const cause = { type: 'FieldValueInvalid', field: 'data', message: 'Invalid value: "topsecret"' };
    assert.ok(!maskCause(cause, true).message.includes('topsecret'));
    assert.equal(maskCause(cause, false).message, cause.message);
  });

  it('writes placeholders that are recognised again', () => {
    const written = maskForFile(secret({ a: base64('x') }, { stringData: { b: 'y' } }));
    assert.deepEqual(placeholderKeys(written), ['a']);
    assert.ok(isMasked((written.data as Record<string, string>).a ?? ''));
    assert.ok(isMasked((written.stringData as Record<string, string>).b ?? ''));
    assert.ok(isMasked(new Masker().mark('x')));
    assert.ok(!isMasked('x'));
  });

  it('encodes base64 as everybody does', () => {
    for (const text of ['', 'a', 'ab', 'abc', 'ü€𝄞', 'line\nbreak']) {
      assert.equal(base64(text), Buffer.from(text).toString('base64'));
    }
  });
});
