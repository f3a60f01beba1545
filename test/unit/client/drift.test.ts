// The Drift view's model: rows, their order and the words that a person reads.
import * as assert from 'node:assert/strict';
import {
  buildTree,
  comparedText,
  countsText,
  countStates,
  mostSiblings,
  objectAt,
  objectsBelow,
  originOf,
  worst,
  type Comparison,
  type DriftNode,
} from '../../../client/src/drift/model';
import type { DriftReport, ObjectDrift, WorkspaceView } from '../../../server/src/core/protocol';

const folder = 'file:///repo';
const now = Date.parse('2026-03-01T12:00:00Z');

const view: WorkspaceView = {
  folder,
  environment: 'staging',
  sources: [
    {
      id: 'kustomization:web',
      kind: 'kustomization',
      name: 'web',
      path: 'web',
      uri: `${folder}/web/kustomization.yaml`,
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      children: [],
      root: true,
    },
  ],
  environments: [
    {
      name: 'staging',
      sources: ['kustomization:web'],
      target: { type: 'context', name: 'kind' },
      kubernetesVersion: '1.36',
      protected: false,
      foundBy: 'configuration',
    },
    { name: 'production', sources: [], kubernetesVersion: '1.35', protected: true, foundBy: 'overlay' },
  ],
};

const object = (name: string, state: ObjectDrift['state'], more: Partial<ObjectDrift> = {}): ObjectDrift => ({
  key: { group: 'apps', kind: 'Deployment', namespace: 'shop', name },
  apiVersion: 'apps/v1',
  state,
  basis: 'exact',
  fields: [],
  foreign: 0,
  source: 'kustomization:web',
  ...more,
});

const compared = (objects: ObjectDrift[], more: Partial<DriftReport> = {}): Comparison => ({
  folder,
  environment: 'staging',
  state: 'compared',
  report: {
    schemaVersion: 1,
    environment: 'staging',
    target: 'kind',
    dirty: false,
    comparedAt: '2026-03-01T11:58:00Z',
    objects,
    counts: countStates(objects),
    failures: [],
    ...more,
  },
});

/** The tree as indented text: one line per row. */
const print = (nodes: readonly DriftNode[], indent = ''): string[] =>
  nodes.flatMap((n) => [`${indent}${n.label} | ${n.description}`, ...print(n.children, indent + '  ')]);

describe('drift view', () => {
  it('is empty until something was compared, so that the welcome text shows', () => {
    assert.deepEqual(buildTree([view], [], now), []);
    assert.deepEqual(buildTree([view], [{ folder, environment: 'staging', state: 'comparing' }], now), []);
  });

  it('shows environment, owner, object and field, the worst first, and folds away what is in sync', () => {
    const fields: ObjectDrift['fields'] = [
      {
        pointer: '/spec/replicas',
        path: 'spec.replicas',
        change: 'changed',
        desired: '3',
        live: '5',
        blame: { manager: 'kubectl-edit', operation: 'Update', time: '2026-03-01T10:00:00Z' },
      },
      { pointer: '/metadata/labels/a', path: 'metadata.labels.a', change: 'added', live: 'x' },
    ];
    const objects = [
      object('same', 'inSync'),
      object('gone', 'missing'),
      object('hidden', 'unknown', { failure: { reason: 'forbidden', message: 'May not be read.' } }),
      object('changed', 'drifted', { fields }),
      object('refused', 'rejected'),
      object('left', 'extra'),
    ];
    assert.deepEqual(print(buildTree([view], [compared(objects)], now)), [
      'staging | 1 would be rejected · 1 drifted · 1 missing · 1 leftover · 1 unknown',
      '  web | 1 would be rejected · 1 drifted · 1 missing · 1 leftover · 1 unknown of 6 · Kustomization',
      '    refused | Deployment · would be rejected · shop',
      '    changed | Deployment · 2 fields · shop',
      '      spec.replicas | 3 in Git, 5 live · kubectl-edit, 2 h ago',
      '      metadata.labels.a | x live, not in Git',
      '    gone | Deployment · missing · shop',
      '    left | Deployment · leftover · shop',
      '    hidden | Deployment · unknown: forbidden · shop',
      '    Others in sync | 1 object',
      '      same | Deployment · shop',
      'production | not compared · no target · protected',
    ]);
  });

  it('never says in sync where a part of the comparison failed', () => {
    const failures: DriftReport['failures'] = [{ reason: 'forbidden', message: 'Secrets may not be listed.' }];
    const [node] = buildTree([view], [compared([object('a', 'inSync')], { failures })], now);
    assert.equal(node?.state, 'unknown');
    assert.equal(node?.description, 'incomplete');
    assert.equal(node?.children[0]?.label, 'Secrets may not be listed.');
    assert.equal(countsText(countStates([])), 'in sync');
    assert.equal(countsText(countStates([]), 1), 'incomplete');
    assert.equal(worst(countStates([]), 1), 'unknown');
  });

  it('keeps the last report when a new comparison fails, and shows why', () => {
    const last = compared([object('a', 'drifted')]);
    const failed: Comparison = { ...last, state: 'failed', failure: { reason: 'unreachable', message: 'No answer.' } };
    const [node] = buildTree([view], [failed], now);
    assert.deepEqual(
      node?.children.map((c) => c.label),
      ['No answer.', 'web'],
    );
  });

  it('is unknown where nothing but a failure is known', () => {
    const failed: Comparison = {
      folder,
      environment: 'staging',
      state: 'failed',
      failure: { reason: 'unauthorized', message: 'Log in again.' },
    };
    const [node] = buildTree([view], [failed], now);
    assert.equal(node?.state, 'unknown');
    assert.deepEqual(print(node?.children ?? []), ['Log in again. | ']);
  });

  it('groups very many objects by kind', () => {
    const many = Array.from({ length: mostSiblings + 1 }, (_, i) => object(`o${i}`, 'drifted'));
    const [node] = buildTree([view], [compared(many)], now);
    const owner = node?.children[0];
    assert.deepEqual(
      owner?.children.map((c) => [c.type, c.label]),
      [['kind', 'Deployment']],
    );
    assert.equal(objectsBelow(owner).length, mostSiblings + 1);
  });

  it('gives every row an identity of its own and a spoken label that begins with the visible one', () => {
    const objects = [object('a', 'drifted'), object('a', 'inSync', { source: 'other' }), object('b', 'missing')];
    const all: DriftNode[] = [];
    const walk = (nodes: readonly DriftNode[]): void =>
      nodes.forEach((n) => {
        all.push(n);
        walk(n.children);
      });
    walk(buildTree([view], [compared(objects)], now));
    assert.equal(new Set(all.map((n) => n.id)).size, all.length);
    assert.ok(all.every((n) => n.accessible.startsWith(n.label)));
  });

  it('knows where rows and lines belong', () => {
    const at = (line: number) => ({ path: 'web/all.yaml', line, character: 0, role: 'resource' as const });
    const objects = [object('a', 'drifted', { origin: at(0) }), object('b', 'drifted', { origin: at(20) })];
    const { report } = compared(objects);
    assert.ok(report);
    assert.equal(objectAt(report, 'web/all.yaml', 19)?.key.name, 'a');
    assert.equal(objectAt(report, 'web/all.yaml', 20)?.key.name, 'b');
    assert.equal(objectAt(report, 'web/other.yaml', 20), undefined);
    const [node] = buildTree([view], [compared(objects)], now);
    assert.equal(originOf(objectsBelow(node as DriftNode)[1] as DriftNode)?.line, 20);
  });

  it('says when and with which commit it compared', () => {
    const text = (more: Partial<DriftReport>): string => comparedText(compared([], more), () => '12:00');
    assert.equal(text({}), 'Compared at 12:00');
    assert.equal(text({ revision: 'a'.repeat(40) }), 'Compared at 12:00 · aaaaaaa');
    assert.equal(
      text({ revision: 'a'.repeat(40), dirty: true }),
      'Compared at 12:00 · aaaaaaa and uncommitted changes',
    );
    assert.equal(text({ dirty: true }), 'Compared at 12:00 · uncommitted changes');
  });
});
