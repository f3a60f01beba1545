// The public yaml-test-suite: our tree's events are the reference events, and our verdict on each text as a manifest is the one
// of the reader of Kubernetes (recorded by fixtures/yaml/record, from the texts in the order of the suite).
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { fixtures } from '../support/shared';
import { ourEvents, ourManifest, sorted, suiteCases, type SuiteCase } from '../support/yamlSuite';
import { fromKubernetes, fromReference } from './yamlSuiteDifferences';

/** What the reader of Kubernetes made of a case. */
interface Recorded {
  id: string;
  value?: unknown;
  error?: string;
}

describe('yaml-test-suite', () => {
  let cases: SuiteCase[];
  before(async () => {
    cases = await suiteCases();
  });

  it('our events are the reference events, but for the named cases', () => {
    assert.strictEqual(cases.length, 402);
    const differing = cases.filter(({ text, fails, events }) => {
      const ours = ourEvents(text);
      return ours === 'refused' ? !fails : fails || ours.join('\n') !== events.join('\n');
    });
    assert.deepStrictEqual(differing.map(({ id }) => id).sort(), Object.keys(fromReference).sort());
  });

  it("our verdict on manifests is the one of Kubernetes' reader, but for the named cases", () => {
    const recorded = new Map(
      fs
        .readFileSync(path.join(fixtures, 'yaml/suite.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Recorded)
        .map((each) => [each.id, each]),
    );
    const differing = cases.filter(({ id, text }) => {
      const theirs = recorded.get(id);
      assert.ok(theirs !== undefined, id);
      return ourManifest(text) !== (theirs.error === undefined ? JSON.stringify(sorted(theirs.value)) : 'refused');
    });
    assert.deepStrictEqual(differing.map(({ id }) => id).sort(), Object.keys(fromKubernetes).sort());
  });
});
