// The small rules that discovery is made of: ignore patterns, repository URLs, paths, environment names, Helm's --set.
import assert from 'node:assert/strict';
import { mergeValues, setValue } from '../../server/src/core/render/values';
import { didYouMean, nearest } from '../../server/src/core/suggest';
import { environmentOfPath, looksProtected } from '../../server/src/core/workspace/environments';
import { generatedResources } from '../../server/src/core/workspace/generated';
import { isRemote, joinPath, relativePath } from '../../server/src/core/workspace/paths';
import { matchRepository } from '../../server/src/core/workspace/repositoryMatch';
import { createSourceIgnore } from '../../server/src/core/workspace/sourceIgnore';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { readFacts } from '../../server/src/core/workspace/facts';

describe('.sourceignore', () => {
  it('leaves out what Flux leaves out by default', () => {
    const ignored = createSourceIgnore(new Map());
    assert.equal(ignored('.github/workflows/ci.yaml'), true);
    assert.equal(ignored('docs/logo.png'), true);
    assert.equal(ignored('apps/.sops.yaml'), true);
    assert.equal(ignored('apps/deployment.yaml'), false);
  });
  it('reads patterns, negation and folders, scoped to its own folder', () => {
    const ignored = createSourceIgnore(
      new Map([
        ['', '# all but deploy\n/*\n!/deploy\n'],
        ['deploy', 'secret-*.yaml\ntmp/\n'],
      ]),
    );
    assert.equal(ignored('charts/web/values.yaml'), true);
    assert.equal(ignored('deploy/app.yaml'), false);
    assert.equal(ignored('deploy/secret-a.yaml'), true);
    assert.equal(ignored('deploy/sub/secret-a.yaml'), true);
    assert.equal(ignored('deploy/tmp/x.yaml'), true);
  });
});

describe('repository of a URL', () => {
  const remotes = [{ name: 'origin', url: 'git@github.com:shop/fleet.git' }];
  it('knows the spellings of one address', () => {
    for (const url of [
      'https://github.com/shop/fleet',
      'ssh://git@github.com/shop/fleet.git',
      'ssh://git@GitHub.com:22/shop/fleet',
      'https://token@github.com/shop/fleet/',
    ]) {
      assert.equal(matchRepository(url, remotes), 'yes', url);
    }
  });
  it('tells forks, strangers and the absence of remotes apart', () => {
    assert.equal(matchRepository('https://github.com/other/fleet', remotes), 'fork');
    assert.equal(matchRepository('https://github.com/shop/charts', remotes), 'no');
    assert.equal(matchRepository('https://github.com/shop/fleet', []), 'unknown');
  });
});

describe('paths', () => {
  it('never leave the repository', () => {
    assert.equal(joinPath('a/b', '../c'), 'a/c');
    assert.equal(joinPath('a', '../../c'), undefined);
    assert.equal(relativePath('a/b', 'a/c/d'), '../c/d');
    assert.equal(relativePath('a', 'a'), '.');
  });
  it('remote references of kustomize', () => {
    for (const text of [
      'https://example.com/x.yaml',
      'github.com/shop/base?ref=v1',
      'git@github.com:shop/base',
      'git::https://x/y',
    ]) {
      assert.equal(isRemote(text), true, text);
    }
    for (const text of ['../base', 'github.com.yaml', 'base/app', './a?b.yaml']) {
      assert.equal(isRemote(text), false, text);
    }
  });
});

describe('names of environments', () => {
  it('come from known parents and from known names', () => {
    assert.equal(environmentOfPath('apps/web/overlays/eu-1'), 'eu-1');
    assert.equal(environmentOfPath('apps/staging'), 'staging');
    assert.equal(environmentOfPath('prod-eu/apps/web'), 'prod-eu');
    assert.equal(environmentOfPath('apps/web/base'), undefined);
    assert.equal(environmentOfPath('apps/web/overlays/base'), undefined);
    assert.equal(environmentOfPath('products/web'), undefined);
  });
  it('protect production', () => {
    assert.deepEqual(['production', 'prod-eu', 'live', 'staging', 'product'].map(looksProtected), [
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('generated kustomization', () => {
  it('takes manifests below and stops at folders with their own', () => {
    const files = ['a/one.yaml', 'a/sub/two.yml', 'a/own/kustomization.yaml', 'a/own/x.yaml', 'a/note.txt', 'b/z.yaml'];
    assert.deepEqual(
      generatedResources(files, 'a', () => false),
      ['a/one.yaml', 'a/own', 'a/sub/two.yml'],
    );
  });
});

describe('Helm values', () => {
  it('merge maps and replace the rest', () => {
    assert.deepEqual(mergeValues({ a: { b: 1, c: [1] }, d: 1 }, { a: { c: [2] }, d: null }), {
      a: { b: 1, c: [2] },
      d: null,
    });
  });
  it('are set as --set sets them', () => {
    const set = (path: string, text: string, force = false): unknown => setValue({}, path, text, force);
    assert.deepEqual(set('a.b', '3'), { a: { b: 3 } });
    assert.deepEqual(set('a\\.b', 'true'), { 'a.b': true });
    assert.deepEqual(set('a[1].b', '007'), { a: [null, { b: '007' }] });
    assert.deepEqual(set('a', '{x,1}'), { a: ['x', 1] });
    assert.deepEqual(set('a', '3', true), { a: '3' });
    assert.equal(set('a[x]', '1'), undefined);
  });
});

describe('did you mean', () => {
  it('finds typing errors and no strangers', () => {
    assert.equal(nearest('stagng', ['staging', 'production']), 'staging');
    assert.equal(nearest('apps/Staging', ['apps/staging']), 'apps/staging');
    assert.equal(nearest('dev', ['production']), undefined);
    assert.equal(didYouMean('kubernetes-version', ['kubernetesVersion']), ' Did you mean kubernetesVersion?');
  });
});

describe('objects of a file', () => {
  const identities = (text: string): string[] =>
    readFacts('a.yaml', text).objects.map((o) => `${o.apiVersion} ${o.kind} ${o.namespace}/${o.name}`);
  it('are read without parsing where the lines are plain', () => {
    assert.deepEqual(
      identities(
        '# note\n---\napiVersion: v1 # core\nkind: "ConfigMap"\nmetadata:\n  # c\n  labels:\n    name: no\n  name: a\n  namespace: b\n---\n\n---\nkind: Service\napiVersion: \'v1\'\nmetadata: {name: c}\n',
      ),
      ['v1 ConfigMap b/a', 'v1 Service /c'],
    );
  });
  it('are read by the real reader where they are not', () => {
    assert.deepEqual(identities('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}\n'), [
      'v1 ConfigMap /a',
    ]);
    assert.deepEqual(identities('"apiVersion": v1\n"kind": ConfigMap\nmetadata: {name: a, namespace: n}\n'), [
      'v1 ConfigMap n/a',
    ]);
  });
  it('of a list are read from the tree at hand, where it is of this very text', () => {
    const list = 'apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Pod, metadata: {name: a}}\n';
    const tree = parseYaml(list);
    const facts = readFacts('a.yaml', list, undefined, tree);
    assert.equal(facts.parsed(), tree);
    assert.deepEqual(facts.objects, readFacts('a.yaml', list).objects);
    const edited = list.replace('List', 'PodList');
    const other = readFacts('a.yaml', edited, undefined, tree);
    assert.notEqual(other.parsed(), tree);
    assert.deepEqual(other.objects, readFacts('a.yaml', edited).objects);
  });
  it('text in block scalars is no object', () => {
    assert.deepEqual(identities('data: |\n  apiVersion: v1\n  kind: Pod\n'), []);
  });
});
