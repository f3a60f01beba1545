// What dialogs, notifications and lists say: plans and their results, pull requests, pages of a diff, times.
import * as assert from 'node:assert/strict';
import { pagesOf } from '../../../client/src/diff/pages';
import { emptyPlanText, planQuestion, resultText } from '../../../client/src/operations/planText';
import { parseRemote, pullRequestText, pullRequestUrl } from '../../../client/src/operations/pullRequest';
import { isInSource, stateOf, targetText } from '../../../client/src/sources/model';
import { ago, folderName, joined, plural, shortRevision } from '../../../client/src/text';
import type { OperationResult, PlanView, WorkspaceView } from '../../../server/src/core/protocol';

const key = (kind: string, name: string) => ({ group: '', kind, namespace: 'shop', name });
const plan = (more: Partial<PlanView>): PlanView => ({
  id: 'p',
  operation: 'sync',
  environment: 'staging',
  target: 'kind',
  manager: 'plumbline',
  protected: false,
  steps: [],
  skipped: [],
  ...more,
});

describe('texts of operations', () => {
  it('asks with counts, target, commit and what is deleted', () => {
    const question = planQuestion(
      plan({
        revision: 'b'.repeat(40),
        steps: [
          {
            action: 'update',
            key: key('Deployment', 'web'),
            fields: [{ pointer: '/spec/replicas', path: 'spec.replicas', change: 'changed' }],
          },
          { action: 'create', key: key('Service', 'web'), fields: [] },
        ],
        skipped: [{ key: key('Secret', 's'), failure: { reason: 'forbidden', message: 'May not be read.' } }],
      }),
    );
    assert.equal(question.message, 'Sync 2 objects to staging?');
    assert.equal(question.act, 'Sync');
    assert.equal(
      question.detail,
      [
        'Deployment shop/web: 1 field',
        'Service shop/web: create',
        '',
        'Secret shop/s is left alone: May not be read.',
        '',
        'Commit bbbbbbb → kind',
        'Deletes: nothing',
      ].join('\n'),
    );
  });

  it('calls a deletion a deletion', () => {
    const steps: PlanView['steps'] = [{ action: 'prune', key: key('ConfigMap', 'old'), fields: [] }];
    const question = planQuestion(plan({ operation: 'prune', steps }));
    assert.equal(question.message, 'Delete 1 object from staging?');
    assert.equal(question.act, 'Prune');
    assert.match(question.detail, /ConfigMap shop\/old: delete/);
  });

  it('cuts long lists before they push the buttons away', () => {
    const steps = Array.from({ length: 40 }, (_, i) => ({
      action: 'create' as const,
      key: key('ConfigMap', `c${i}`),
      fields: [],
    }));
    const lines = planQuestion(plan({ steps })).detail.split('\n');
    assert.ok(lines.length <= 16, String(lines.length));
    assert.ok(lines.includes('… and 29 more'));
  });

  it('says why there is nothing to do', () => {
    assert.equal(emptyPlanText(plan({})), 'Nothing to sync: staging is as Git says.');
    assert.match(emptyPlanText(plan({ operation: 'prune' })), /^Nothing to prune/);
    const skipped = [{ key: key('Secret', 's'), failure: { reason: 'forbidden' as const, message: 'No permission.' } }];
    assert.equal(emptyPlanText(plan({ skipped })), 'Nothing can be done in staging. Secret shop/s: No permission.');
  });

  it('tells the result, with the first failure', () => {
    const result = (more: Partial<OperationResult>): OperationResult => ({
      plan: 'p',
      operation: 'sync',
      environment: 'staging',
      startedAt: '',
      finishedAt: '',
      steps: [],
      succeeded: true,
      ...more,
    });
    const done = { key: key('Service', 'a'), action: 'update' as const, state: 'synced' as const };
    const failed = {
      key: key('Service', 'b'),
      action: 'update' as const,
      state: 'failed' as const,
      failure: { reason: 'conflict' as const, message: 'Changed meanwhile.' },
    };
    assert.equal(resultText(result({ steps: [done] })), 'Synced 1 object in staging.');
    assert.equal(
      resultText(result({ steps: [done, failed], succeeded: false })),
      'Synced 1 of 2 objects in staging. Service shop/b: Changed meanwhile.',
    );
  });

  it('finds the page for a pull request from the remote alone', () => {
    const url = (remote: string): string | undefined => pullRequestUrl(remote, 'plumbline/back', 'main');
    const github = 'https://github.com/shop/app/compare/main...plumbline%2Fback?expand=1';
    assert.equal(url('https://github.com/shop/app.git'), github);
    assert.equal(url('git@github.com:shop/app.git'), github);
    assert.equal(url('ssh://git@github.com:22/shop/app'), github);
    assert.match(
      url('https://user@gitlab.example.org/group/sub/app.git') ?? '',
      /^https:\/\/gitlab\.example\.org\/group\/sub\/app\/-\/merge_requests\/new\?.*source_branch%5D=plumbline%2Fback/,
    );
    assert.match(url('https://bitbucket.org/a/b') ?? '', /pull-requests\/new\?source=plumbline%2Fback&dest=main$/);
    assert.equal(url('https://git.example/shop/app.git'), undefined);
    assert.equal(url('/srv/git/app.git'), undefined);
    assert.equal(parseRemote('file:///srv/app.git'), undefined);
    assert.match(
      pullRequestText('Roll back\n\nWhy.', 'b', 'https://x/y'),
      /^Roll back\n\nWhy\.\n\nPush first: git push origin b\n$/,
    );
  });
});

describe('texts of lists', () => {
  it('splits into pages', () => {
    const pages = pagesOf([...'abcdefg'], (c) => c, 3);
    assert.deepEqual(
      pages.map((p) => p.title),
      ['1–3: a … c', '4–6: d … f', '7–7: g … g'],
    );
    assert.deepEqual(pagesOf([], String), []);
  });

  it('counts, shortens and tells time', () => {
    const now = Date.parse('2026-03-01T12:00:00Z');
    assert.equal(plural(1, 'object'), '1 object');
    assert.equal(plural(0, 'object'), '0 objects');
    assert.equal(shortRevision('c'.repeat(40)), 'ccccccc');
    assert.equal(shortRevision('main'), 'main');
    assert.equal(ago('2026-03-01T11:59:40Z', now), 'just now');
    assert.equal(ago('2026-03-01T11:57:00Z', now), '3 min ago');
    assert.equal(ago('2026-02-20T12:00:00Z', now), '9 d ago');
    assert.equal(ago('2023-02-20T12:00:00Z', now), '3 y ago');
    assert.equal(ago(undefined, now), '');
    assert.equal(ago('yesterday', now), '');
    assert.equal(joined('a', '', undefined, false, 'b'), 'a · b');
    assert.equal(folderName('file:///home/me/my%20repo/'), 'my repo');
    assert.equal(folderName('file:///home/me/50%'), '50%');
  });

  it('knows which welcome text is due', () => {
    const source = { id: 's', path: 'apps', uri: 'file:///r/clusters/web.yaml' } as WorkspaceView['sources'][number];
    const environment = { name: 'e', target: undefined } as unknown as WorkspaceView['environments'][number];
    const target = { type: 'snapshot' as const, name: 'x' };
    const view = (more: Partial<WorkspaceView>): WorkspaceView => ({
      folder: 'file:///r',
      sources: [],
      environments: [],
      ...more,
    });
    const chosen = { folder: 'file:///r', environment: 'e' };
    assert.equal(stateOf(undefined, undefined, false), 'loading');
    assert.equal(stateOf([view({})], undefined, false), 'noSources');
    assert.equal(stateOf([view({ sources: [source] })], undefined, false), 'noEnvironment');
    assert.equal(stateOf([view({ sources: [source], environments: [environment] })], chosen, false), 'noTarget');
    const ready = view({ sources: [source], environments: [{ ...environment, target }] });
    assert.equal(stateOf([ready], chosen, false), 'notCompared');
    assert.equal(stateOf([ready], chosen, true), 'compared');
    assert.equal(targetText({ ...environment, target }), 'snapshot x');
    assert.equal(isInSource([ready], 'file:///r/apps/web/a.yaml'), true);
    assert.equal(isInSource([ready], 'file:///r/clusters/web.yaml'), true);
    assert.equal(isInSource([ready], 'file:///r/docs/a.yaml'), false);
    assert.equal(isInSource([ready], 'file:///other/apps/a.yaml'), false);
  });
});
