// Reading answers in tests: the value or the failure that is expected, with the other one's text where it is not.
import assert from 'node:assert';
import type { Answer, Failure, Log } from '../../server/src/core/ports';

export function value<T>(answer: Answer<T>): T {
  assert.ok(answer.ok, answer.ok ? '' : JSON.stringify(answer.failure));
  return answer.value;
}

export function failure<T>(answer: Answer<T>): Failure {
  assert.ok(!answer.ok, 'a failure was expected');
  return answer.failure;
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Polls until `done`, at most 20 s. */
export async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await done()); await new Promise((r) => setTimeout(r, 50))) {
    assert.ok(Date.now() < deadline, 'the state did not come within 20 s');
  }
}
