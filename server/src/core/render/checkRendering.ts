// A rendering judged like a file: the structure and the API server's own code on what will really be applied, with every finding on
// the line that causes it.
import { checkFile, completeCheck, engineObjects, type EngineObject } from '../check/checkFile';
import type { Abort, EngineVerdict, FileTree, Validator } from '../ports';
import type { Problem } from '../problem';
import type { SchemaStore } from '../schema/schemaStore';
import { failureProblem } from './failures';
import type { Rendering } from './rendering';
import { atSource, type SourceFiles } from './sourcePlaces';

export interface CheckPorts {
  tree: FileTree;
  store: SchemaStore;
  /** Undefined where the engine cannot run: then only the structure is judged, and the check says so. */
  validator: Validator | undefined;
}

export interface CheckRenderingOptions {
  /** Kubernetes version, for example `1.35`. */
  minor?: string;
  /** Namespace of objects that name none. */
  namespace?: string;
  slot?: string;
  abort?: Abort;
  /** Judges the objects as updates of what was deployed before. */
  updates?: (objects: readonly EngineObject[], verdicts: readonly EngineVerdict[]) => Promise<Problem[]>;
}

/** Problems of a rendering at their sources. A failed rendering has one: the failure. */
export async function checkRendering(
  rendering: Rendering,
  ports: CheckPorts,
  files: SourceFiles,
  options: CheckRenderingOptions = {},
): Promise<Problem[]> {
  if (rendering.failure !== undefined) {
    const problem = await failureProblem(rendering, ports.tree);
    return problem === undefined ? [] : [problem];
  }
  const file = {
    path: rendering.source.path,
    parsed: rendering.parsed,
    // Whatever still looks like a variable is either text or unknown.
    neighbours: { role: 'manifest' as const, substituted: hasUnresolved(rendering) },
  };
  const check = checkFile(file, {
    store: ports.store,
    rendered: true,
    ...(options.minor === undefined ? {} : { minor: options.minor }),
  });
  const objects = ports.validator === undefined ? [] : engineObjects(check);
  await addDefinitions(
    objects.map(({ object }) => object),
    ports,
  );
  const verdicts =
    ports.validator === undefined || objects.length === 0
      ? []
      : await ports.validator.validate(
          objects.map(({ object }) => ({
            object,
            ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
          })),
          {
            ...(options.slot === undefined ? {} : { slot: options.slot }),
            ...(options.abort === undefined ? {} : { abort: options.abort }),
          },
        );
  const found = completeCheck(check, objects, verdicts);
  found.push(...((await options.updates?.(objects, verdicts)) ?? []));
  const problems = await Promise.all(found.map((problem) => atSource(problem, rendering, files)));
  return [...problems, ...rendering.problems, ...unresolvedNote(rendering)];
}

/** Gives the engine the definitions of the custom kinds that it is about to meet. */
export async function addDefinitions(
  objects: readonly { [key: string]: unknown }[],
  { store, validator }: Pick<CheckPorts, 'store' | 'validator'>,
): Promise<void> {
  const texts = new Set<string>();
  for (const { apiVersion, kind } of objects) {
    if (typeof apiVersion === 'string' && typeof kind === 'string' && apiVersion.includes('/')) {
      const text = store.crdText(apiVersion.slice(0, apiVersion.indexOf('/')), kind);
      if (text !== undefined) {
        texts.add(text);
      }
    }
  }
  if (texts.size > 0) {
    await validator?.addCrds([...texts]);
  }
}

const hasUnresolved = (rendering: Rendering): boolean =>
  rendering.resources.some((resource) => resource.unresolved !== undefined);

/** What is not judged must be said: values that only the cluster knows. */
function unresolvedNote(rendering: Rendering): Problem[] {
  const names = [...new Set(rendering.resources.flatMap((resource) => resource.unresolved ?? []))].sort();
  if (names.length === 0) {
    return [];
  }
  const { render } = rendering.source;
  const from = render.tool === 'kustomize' ? (render.flux?.substituteUnknown ?? []).join(', ') : '';
  return [
    {
      ...rendering.source.declared,
      rule: 'flux/unknown-variables',
      severity: 'info',
      message: `${names.join(', ')} may be set by ${from}, which is not in this repository: values that use them are not checked.`,
    },
  ];
}
