// What a snapshot remembers of the values that it hides.
import * as assert from 'node:assert/strict';
import { isMasked, maskForFile } from '../../server/src/core/drift/mask';
import { hiddenVerdicts, markedData } from '../../server/src/core/drift/secretMarks';
import { keyOf, type KubernetesObject } from '../../server/src/core/resource';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const fingerprint = (place: string, value: string): Promise<string> =>
  Promise.resolve(Buffer.from(`${place} ${value}`).toString('hex'));

const secret = (values: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'login', namespace: 'shop' },
  data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, base64(value)])),
});
const git = (values: Record<string, string>): KubernetesObject => {
  const { data: _data, ...rest } = secret({});
  return { ...rest, stringData: values };
};

/** The Secret as a snapshot stores it, when Git said `desired`. */
async function stored(live: KubernetesObject, desired: KubernetesObject | undefined): Promise<KubernetesObject> {
  return maskForFile(live, await markedData(live, desired, keyOf(live), fingerprint));
}
const verdicts = async (taken: KubernetesObject, desired: KubernetesObject): Promise<Record<string, string>> =>
  Object.fromEntries(await hiddenVerdicts(taken, desired, keyOf(taken), fingerprint));

describe('marks of hidden values', () => {
  it('tell what is the same as in Git from what is not, and what nobody can know', async () => {
    const live = secret({ user: 'shop', password: 'rotated', token: 'foreign' });
    const taken = await stored(live, git({ user: 'shop', password: 'first' }));
    assert.deepEqual(await verdicts(taken, git({ user: 'shop', password: 'first' })), {
      user: 'same',
      password: 'different',
    });
    // Git changed since: the user that is live was the old one, but the password may be the new one by now.
    assert.deepEqual(await verdicts(taken, git({ user: 'other', password: 'second', token: 'known' })), {
      user: 'different',
      password: 'unknown',
      token: 'unknown',
    });
  });

  it('hold nothing of a value that is not in Git, and are never applied', async () => {
    const desired = git({ password: 'first' });
    const one = await stored(secret({ password: 'rotated', token: 'a' }), desired);
    const two = await stored(secret({ password: 'guessed', token: 'b' }), desired);
    assert.deepEqual(one.data, two.data);
    for (const value of Object.values(one.data as Record<string, string>)) {
      assert.ok(isMasked(value));
    }
  });

  it('differ from place to place for one value', async () => {
    const taken = await stored(secret({ a: 'x', b: 'x' }), git({ a: 'x', b: 'x' }));
    const data = taken.data as Record<string, string>;
    assert.notEqual(data.a, data.b);
  });

  it('stay when a snapshot is written again', async () => {
    const taken = await stored(secret({ a: 'x' }), git({ a: 'x' }));
    assert.deepEqual(await stored(taken, git({ a: 'y' })), taken);
  });

  it('are not made of values that are encrypted in Git, nor without Git', async () => {
    const live = secret({ a: 'x' });
    const plain = maskForFile(live);
    assert.deepEqual(await stored(live, { ...git({ a: 'x' }), sops: { mac: '' } }), plain);
    assert.deepEqual(await stored(live, undefined), plain);
    assert.deepEqual(await verdicts(plain, git({ a: 'x' })), { a: 'unknown' });
  });
});
