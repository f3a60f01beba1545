// Findings as JUnit XML: one suite per file, one failing case per error, so that build servers show them as tests.
import type { Problem } from '../../core/problem';
import type { CheckResult } from './formats';

export function formatJunit(result: CheckResult): string {
  const byPath = new Map<string, Problem[]>();
  for (const problem of result.problems.filter((p) => p.severity !== 'hint')) {
    byPath.set(problem.path, [...(byPath.get(problem.path) ?? []), problem]);
  }
  const suites = [...byPath].map(([path, problems]) => {
    const failures = problems.filter((problem) => problem.severity === 'error').length;
    return `  <testsuite name="${xml(path)}" tests="${problems.length}" failures="${failures}">\n${problems.map(testCase).join('')}  </testsuite>\n`;
  });
  if (result.undecided.length > 0) {
    const errors = result.undecided
      .map((text) => `    <testcase name="complete" classname="plumbline"><error message="${xml(text)}"/></testcase>\n`)
      .join('');
    suites.push(
      `  <testsuite name="plumbline" tests="${result.undecided.length}" errors="${result.undecided.length}">\n${errors}  </testsuite>\n`,
    );
  }
  if (suites.length === 0) {
    suites.push(
      '  <testsuite name="plumbline" tests="1" failures="0">\n    <testcase name="check" classname="plumbline"/>\n  </testsuite>\n',
    );
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="plumbline check">\n${suites.join('')}</testsuites>\n`;
}

function testCase(problem: Problem): string {
  const { line, character } = problem.range.start;
  const place = `${problem.path}:${line + 1}:${character + 1}`;
  const head = `    <testcase name="${xml(`${problem.rule} ${line + 1}:${character + 1}`)}" classname="${xml(problem.path)}" file="${xml(problem.path)}" line="${line + 1}">`;
  const text = xml(`${place} ${problem.message}`);
  const body =
    problem.severity === 'error'
      ? `<failure type="${xml(problem.rule)}" message="${xml(problem.message)}">${text}</failure>`
      : `<system-out>${xml(problem.severity)}: ${text}</system-out>`;
  return `${head}${body}</testcase>\n`;
}

function xml(text: string): string {
  return (
    text
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      // Control characters are not allowed in XML at all.
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '�')
  );
}
