// The schema pack for tests: the real one, as `node scripts/schemas.mjs` makes it.
import * as path from 'node:path';
import { openSchemaPack } from '../../server/src/adapters/schemaFiles';
import type { SchemaPack } from '../../server/src/core/schema/pack';
import type { SchemaStore } from '../../server/src/core/schema/schemaStore';
import { createSchemaStore } from '../../server/src/core/schema/schemaStore';

export const repositoryRoot = path.resolve(__dirname, '../../..');

let pack: SchemaPack | undefined;

export function schemaPack(): SchemaPack {
  return (pack ??= openSchemaPack(path.join(repositoryRoot, 'dist/schemas')));
}

/** A store of its own, for tests that add definitions. */
export function newSchemaStore(): SchemaStore {
  return createSchemaStore(schemaPack());
}
