// Changes as updates: the objects of files and renderings beside what the same files and sources held at a revision.
import type { EngineObject } from '../check/checkFile';
import { updateProblems } from '../check/checkUpdates';
import type { JsonObject } from '../json';
import {
  EngineUnavailable,
  type Abort,
  type EngineVerdict,
  type FileTree,
  type Renderer,
  type Validator,
} from '../ports';
import type { Problem } from '../problem';
import type { ResourceKey } from '../resource';
import type { WorkspaceFile } from '../workspace/source';
import { isChanged, keyIn, renderedThen, writtenThen, type Committed, type ObjectsByKey } from './committed';
import type { Planned } from './planRenderings';
import type { Rendering } from './rendering';
import { namespaceOf } from './renderSource';
import type { Scope } from './resources';

export interface UpdatePorts {
  renderer: Renderer;
  validator: Validator;
  scope: Scope;
}

export class Updates {
  constructor(
    private readonly against: Committed,
    private readonly tree: FileTree,
    private readonly ports: UpdatePorts,
    private readonly abort?: Abort,
  ) {}

  /** The objects of a file that is applied as it stands. */
  async ofFile(
    file: WorkspaceFile,
    objects: readonly EngineObject[],
    verdicts: readonly EngineVerdict[],
  ): Promise<Problem[]> {
    const { against, tree, ports } = this;
    if (verdicts.length === 0 || !(await isChanged(against, tree, file.path))) {
      return [];
    }
    const keyOf = (object: JsonObject): ResourceKey | undefined => keyIn(object, 'default', ports.scope);
    return this.judge(objects, verdicts, await writtenThen(against, file, keyOf), 'default');
  }

  /** The objects of a kustomization as its environment gets them. */
  async ofRendering(
    { source, environment }: Planned,
    rendering: Rendering,
    objects: readonly EngineObject[],
    verdicts: readonly EngineVerdict[],
  ): Promise<Problem[]> {
    const { against, tree, ports, abort } = this;
    const { render } = source;
    if (render.tool !== 'kustomize' || render.flux?.force === true || verdicts.length === 0) {
      return [];
    }
    const read = [source.declared.path, ...rendering.reads];
    const changed = await Promise.all(read.map((path) => isChanged(against, tree, path)));
    if (!changed.includes(true)) {
      return [];
    }
    const old = await renderedThen(against, source, environment, ports, abort);
    return this.judge(objects, verdicts, old, namespaceOf(source, environment));
  }

  private async judge(
    objects: readonly EngineObject[],
    verdicts: readonly EngineVerdict[],
    old: ObjectsByKey,
    namespace: string,
  ): Promise<Problem[]> {
    const { against, ports, abort } = this;
    try {
      return await updateProblems(objects, verdicts, {
        name: against.name,
        validator: ports.validator,
        old,
        keyOf: (object) => keyIn(object, namespace, ports.scope),
        ...(abort === undefined ? {} : { abort }),
      });
    } catch (error) {
      // What the engine could not do is said where the objects themselves are judged.
      if (error instanceof EngineUnavailable) {
        return [];
      }
      throw error;
    }
  }
}
