// Drift through the command line, for tests: the report of one environment, its text as lines, and the promise that no planted
// value is printed anywhere.
import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import type { DriftReport, ObjectDrift } from '../../server/src/core/drift/drift';
import { label } from '../../server/src/core/resource';
import { plumbline, type CliResult } from './cli';
import { checkout } from './shared';

/** Planted values in every form in which they could be printed. */
export function spellings(values: readonly string[]): string[] {
  return values.flatMap((value) => [value, Buffer.from(value).toString('base64')]);
}

/** Runs commands in a repository and fails where any of the planted values is printed. */
export function quietCli(dir: string, planted: readonly string[]): (...args: string[]) => Promise<CliResult> {
  const hidden = spellings(planted);
  return async (...args) => {
    const result = await plumbline(dir, args, { env: { PLUMBLINE_DEBUG: '1' } });
    for (const value of hidden) {
      assert.ok(
        !result.out.includes(value) && !result.err.includes(value),
        `plumbline ${args.join(' ')} prints a value`,
      );
    }
    return result;
  };
}

/** No file below the folder holds any of the values. */
export function assertFilesWithout(folder: string, values: readonly string[]): void {
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const text = fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8');
      const found = spellings(values).some((value) => text.includes(value));
      assert.ok(!found, `${entry.parentPath}/${entry.name} holds a planted value`);
    }
  }
}

const schema = (name: string): object =>
  JSON.parse(fs.readFileSync(path.join(checkout, 'server/schemas', `${name}.schema.json`), 'utf8')) as object;
const ajv = new Ajv({ formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) } });
ajv.addSchema(schema('drift'), 'drift.schema.json').addSchema(schema('plan'), 'plan.schema.json');

/** The JSON that a command printed, after the schema that is shipped has accepted it. */
export function validJson<T>(name: 'drift' | 'plan', { out, err }: CliResult): T {
  assert.notEqual(out, '', err);
  const value: unknown = JSON.parse(out);
  const validate = ajv.getSchema(`${name}.schema.json`);
  assert.ok(validate?.(value), JSON.stringify(validate?.errors, undefined, 1));
  return value as T;
}

/** The one report of `drift --format json`. */
export function reportOf(result: CliResult): DriftReport {
  const { reports } = validJson<{ reports: DriftReport[] }>('drift', result);
  assert.equal(reports.length, 1);
  return reports[0] as DriftReport;
}

/**
 * What differs, one line for each object and field, sorted:
 * `drifted Deployment shop/web`, `  spec.replicas: 4 → 6 by kubectl (scale) at apps/web/kustomization.yaml:17`.
 */
export function differences(report: DriftReport): string[] {
  return report.objects
    .filter((object) => object.state !== 'inSync')
    .map((object) => ({ head: `${object.state} ${label(object.key)}`, fields: object.fields.map(fieldLine) }))
    .sort((a, b) => (a.head < b.head ? -1 : 1))
    .flatMap(({ head, fields }) => [head, ...fields]);
}

function fieldLine({ path: name, desired, live, blame, origin }: ObjectDrift['fields'][number]): string {
  const by = blame === undefined ? '' : ` by ${blame.manager}${blame.subresource ? ` (${blame.subresource})` : ''}`;
  const at = origin === undefined ? '' : ` at ${origin.path}:${origin.line + 1}`;
  return `  ${name}: ${desired ?? '-'} → ${live ?? '-'}${by}${at}`;
}
