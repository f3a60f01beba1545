// The product's whole verdict on many documents: each is the only file of a repository, which is checked as `plumbline check` does it.
import { createEngines, type Engines } from '../../server/src/adapters/engines';
import { isObject, type JsonObject } from '../../server/src/core/json';
import type { Problem } from '../../server/src/core/problem';
import { checkWorkspace } from '../../server/src/core/render/checkWorkspace';
import type { SchemaStore } from '../../server/src/core/schema/schemaStore';
import { discover } from '../../server/src/core/workspace/discover';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toExactJson, toJson } from '../../server/src/core/yaml/resolve';
import { productFolder } from '../../server/src/productFolder';
import { memoryTree } from '../support/memoryFiles';
import { newSchemaStore } from '../support/schemas';

let engines: Engines | undefined;

export function theEngines(): Engines {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  engines ??= createEngines({ folder: productFolder('engines'), log: silent });
  return engines;
}

export async function endProduct(): Promise<void> {
  await engines?.dispose();
  engines = undefined;
}

/** A store with the pack and the given definitions, as if a repository brought them. */
export function storeOf(definitions: readonly string[]): SchemaStore {
  const store = newSchemaStore();
  definitions.forEach((text, index) => {
    const objects = parseYaml(text).documents.map((document) => toJson(document.root));
    store.setCrds(
      'workspace',
      `definitions/crd${index}.yaml`,
      objects.filter((object): object is JsonObject => isObject(object)),
    );
  });
  return store;
}

/** The findings of each text, in the order of the texts. `definitions` are CRDs that the repository brings. */
export async function verdictsOf(texts: readonly string[], definitions: readonly string[] = []): Promise<Problem[][]> {
  const store = storeOf(definitions);
  const { renderer, validator } = theEngines();
  const path = 'objects/object.yaml';
  const found: Problem[][] = [];
  for (const text of texts) {
    const tree = memoryTree({ [path]: text });
    const report = await checkWorkspace(await discover(tree), tree, { renderer, validator, store });
    if (report.undecided.length > 0) {
      throw new Error(report.undecided.join('\n'));
    }
    found.push(report.problems);
  }
  return found;
}

/** The fields of the engine's own problems with each text's object, before they are merged and placed; no mere assumptions. */
export async function engineFieldsOf(texts: readonly string[]): Promise<string[][]> {
  const items = texts.map((text) => {
    const object = toExactJson(parseYaml(text).documents.find(({ root }) => root !== undefined)?.root);
    return { object: isObject(object) ? object : {}, namespace: 'default' };
  });
  const verdicts = await theEngines().validator.validate(items);
  return verdicts.map(({ problems }) => problems.filter(({ assumed }) => assumed !== true).map(({ field }) => field));
}
