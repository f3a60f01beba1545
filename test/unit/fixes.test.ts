// Every fix that is offered for every finding of the fixtures: made, the finding is gone, no other came, comments and line ends are kept.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { checkFile } from '../../server/src/core/check/checkFile';
import { settle } from '../../server/src/core/check/suppress';
import { applyEdits } from '../../server/src/core/edit/edits';
import { quickFixes, type FixContext } from '../../server/src/core/fixes/quickFixes';
import { changeSeverity, suppressForObject, suppressOnLine } from '../../server/src/core/fixes/suppressFixes';
import { sameTrees } from '../../server/src/core/format/sameDocuments';
import type { Neighbours } from '../../server/src/core/kinds/kind';
import type { Fix, Problem } from '../../server/src/core/problem';
import { readConfiguration } from '../../server/src/core/workspace/config';
import { parseYaml } from '../../server/src/core/yaml/parse';
import type { ParsedYaml } from '../../server/src/core/yaml/tree';
import { readMarked, type MarkedFile } from '../support/markers';
import { newSchemaStore } from '../support/schemas';
import { fixtures } from '../support/shared';

const store = newSchemaStore();

interface Case {
  name: string;
  parsed: ParsedYaml;
  problems: Problem[];
  context: FixContext;
  check: (parsed: ParsedYaml) => Problem[];
}

function caseOf(name: string, file: MarkedFile, windows: boolean): Case {
  const { role, chart, substituted, minor } = file.options;
  const neighbours: Neighbours = {
    ...(role === undefined ? {} : { role: role as NonNullable<Neighbours['role']> }),
    ...(chart === undefined ? {} : { chart }),
    ...(substituted === undefined ? {} : { substituted: substituted === 'true' }),
  };
  const check = (parsed: ParsedYaml): Problem[] =>
    settle(
      checkFile({ path: file.path, parsed, neighbours }, { store, ...(minor === undefined ? {} : { minor }) }).problems,
      parsed,
    );
  const parsed = parseYaml(windows ? file.text.replace(/\r?\n/g, '\r\n') : file.text);
  return {
    name: `${name} ${file.path}`,
    parsed,
    problems: check(parsed),
    check,
    context: { path: file.path, parsed, store, minor },
  };
}

function* cases(): Generator<Case> {
  for (const folder of ['diagnostics', 'schema/invalid']) {
    for (const name of (fs.readdirSync(path.join(fixtures, folder), { recursive: true }) as string[]).sort()) {
      if (name.endsWith('.yaml')) {
        const text = fs.readFileSync(path.join(fixtures, folder, name), 'utf8');
        for (const file of readMarked(text, path.basename(name))) {
          yield caseOf(name, file, false);
          yield caseOf(name, file, true);
        }
      }
    }
  }
}

const keyOf = ({ rule, field, message }: Problem): string => `${rule}|${field ?? ''}|${message}`;
const isText = ({ rule }: Problem): boolean => rule.startsWith('yaml/');
const comments = (parsed: ParsedYaml): string[] =>
  parsed.documents.flatMap((d) => d.comments.map(({ start, end }) => parsed.text.slice(start, end)));

/** Makes a fix and holds it to its promise; returns the new text. */
function make(each: Case, problem: Problem, fix: Fix, mayRemove: boolean): ParsedYaml {
  const after = parseYaml(applyEdits(each.parsed, fix.edits));
  const now = each.check(after);
  const what = `${each.name}: ${fix.title} for ${problem.rule} in line ${problem.range.start.line + 1}\n${after.text}`;
  const count = (of: readonly Problem[], key: string): number => of.filter((one) => keyOf(one) === key).length;
  assert.ok(
    isText(problem)
      ? now.filter(isText).length < each.problems.filter(isText).length
      : count(now, keyOf(problem)) < count(each.problems, keyOf(problem)),
    `not gone: ${what}`,
  );
  // What an object is decides what is said of it: right broken text and identities bring further findings to light.
  if (!isText(problem) && !/^\/(?:kind|apiVersion)$/.test(problem.field ?? '/kind')) {
    for (const one of now) {
      assert.ok(count(now, keyOf(one)) <= count(each.problems, keyOf(one)), `new: ${one.message}\n${what}`);
    }
  }
  if (each.parsed.text.includes('\r\n')) {
    assert.doesNotMatch(after.text, /[^\r]\n/, `line ends: ${what}`);
  }
  if (!mayRemove) {
    const kept = comments(after);
    assert.deepStrictEqual(
      comments(each.parsed).filter((comment) => !kept.some((one) => one.startsWith(comment))),
      [],
      `comments: ${what}`,
    );
  }
  return after;
}

describe('quick fixes', () => {
  it('do what they say for every finding of the fixtures', function () {
    this.timeout(60_000);
    const fixable = new Map<string, { findings: number; fixed: number }>();
    for (const each of cases()) {
      for (const problem of each.problems) {
        const fixes = quickFixes(problem, each.context, each.check);
        const known = fixable.get(problem.rule) ?? { findings: 0, fixed: 0 };
        fixable.set(problem.rule, { findings: known.findings + 1, fixed: known.fixed + (fixes.length > 0 ? 1 : 0) });
        for (const fix of fixes) {
          if (fix.edits.every((edit) => edit.path === each.context.path)) {
            make(each, problem, fix, /^(?:Remove|Keep|Change to [\w./-]+ \w+$)/.test(fix.title));
          }
        }
      }
    }
    const share = (rule: string): number => (fixable.get(rule)?.fixed ?? 0) / (fixable.get(rule)?.findings ?? 1);
    if (process.env.PRINT_FIXABLE === '1') {
      console.log(
        [...fixable]
          .map(([rule, { findings, fixed }]) => `${rule} ${fixed}/${findings}`)
          .sort()
          .join('\n'),
      );
    }
    for (const rule of [
      'kubernetes/unknown-field',
      'kubernetes/missing-field',
      'yaml/duplicate-key',
      'kubernetes/bad-enum',
    ]) {
      assert.ok(share(rule) > 0.8, `${rule}: ${share(rule)}`);
    }
  });

  it('are safe only where nothing but the form changes', () => {
    const safe = (text: string): string[] => {
      const each = caseOf('safe', { path: 'a.yaml', options: {}, text }, false);
      return each.problems
        .flatMap((p) => quickFixes(p, each.context, each.check))
        .filter((fix) => fix.safe)
        .map((fix) => fix.title);
    };
    const pod = (container: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      image: b\n${container}`;
    assert.strictEqual(safe(pod('      ImagePullPolicy: Always\n')).length, 1);
    assert.strictEqual(safe(pod('      imagePullPolicy: always\n')).length, 1);
    assert.strictEqual(safe(pod('      tty: "true"\n')).length, 1);
    assert.strictEqual(safe(pod('      tty: true\n      tty: true\n')).length, 1);
    assert.deepStrictEqual(safe(pod('      tty: true\n      tty: false\n')), []);
    assert.deepStrictEqual(safe(pod('      prots: []\n')), []);
  });
});

describe('suppressing actions', () => {
  it('take away the finding and nothing else, and change no value', () => {
    let made = 0;
    for (const each of cases()) {
      const file = { path: each.context.path, parsed: each.parsed };
      for (const problem of each.problems) {
        const onLine = suppressOnLine(problem, file);
        if (onLine !== undefined) {
          assert.ok(sameTrees(each.parsed, make(each, problem, onLine, false)), each.name);
          made++;
        }
        const forObject = suppressForObject(problem, file);
        if (forObject !== undefined) {
          make(each, problem, forObject, false);
          made++;
        }
      }
    }
    assert.ok(made > 200, String(made));
  });

  it('write the severity into the configuration, whatever stands there', () => {
    for (const [before, after] of [
      [undefined, 'rules:\n  x/y: warning\n'],
      ['', 'rules:\n  x/y: warning\n'],
      ['# note\n', '# note\nrules:\n  x/y: warning\n'],
      ['exclude: [a]\n', 'exclude: [a]\nrules:\n  x/y: warning\n'],
      ['rules:\n  a/b: off # why\nexclude: [a]\n', 'rules:\n  a/b: off # why\n  x/y: warning\nexclude: [a]\n'],
      ['rules: {x/y: error}\n', 'rules: {x/y: warning}\n'],
      ['rules:\r\n    x/y: off # why\r\n', 'rules:\r\n    x/y: warning # why\r\n'],
    ] as const) {
      const parsed = before === undefined ? undefined : parseYaml(before);
      const fix = changeSeverity('x/y', 'warning', '.plumbline.yaml', parsed);
      assert.ok(fix, before);
      const text = applyEdits(parsed ?? parseYaml(''), fix.edits);
      assert.strictEqual(text, after);
      assert.deepStrictEqual(readConfiguration(text).result.rules['x/y'], 'warning');
    }
    assert.strictEqual(changeSeverity('x/y', 'off', 'a', parseYaml('rules: [\n')), undefined);
  });
});
