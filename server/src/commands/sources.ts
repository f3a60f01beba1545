// Choosing what a command is about: a source by id, path or name, an environment by name. What does not exist is answered with
// what was probably meant.
import path from 'node:path';
import { didYouMean } from '../core/suggest';
import { findSource, sourceNames } from '../core/workspace/discover';
import type { Environment, Source, Workspace } from '../core/workspace/source';
import { CliError } from './cli';

/** The environment of that name. Throws a `CliError` where there is none. */
export function chooseEnvironment(workspace: Workspace, name: string | undefined): Environment | undefined {
  if (name === undefined) {
    return undefined;
  }
  const found = workspace.environments.find((environment) => environment.name === name);
  if (found === undefined) {
    const names = workspace.environments.map((environment) => environment.name);
    throw new CliError(
      `There is no environment ${name}.${didYouMean(name, names)}`,
      names.length === 0
        ? 'No environment was found in this repository. Name one in .plumbline.yaml.'
        : `Environments: ${names.join(', ')}`,
    );
  }
  return found;
}

/** The source that a person means; `cwd` and `root` resolve a path that was typed from where they stand. */
export function chooseSource(
  workspace: Workspace,
  text: string,
  place: { cwd: string; root: string },
  environment?: Environment,
): Source {
  const typed = path.relative(place.root, path.resolve(place.cwd, text)).split(path.sep).join('/');
  const inEnvironment =
    environment === undefined ? [] : workspace.sources.filter((source) => environment.sources.includes(source.id));
  const found =
    findSource(inEnvironment, text) ??
    (typed.startsWith('..') ? undefined : findSource(workspace.sources, typed)) ??
    findSource(workspace.sources, text);
  if (found !== undefined) {
    return found;
  }
  const several = workspace.sources.filter((source) => source.name === text);
  if (several.length > 1) {
    throw new CliError(`${text} is the name of ${several.length} sources.`, `Name one by its id:\n${list(several)}`);
  }
  throw new CliError(
    `There is no source ${text}.${didYouMean(text, sourceNames(workspace.sources))}`,
    workspace.sources.length === 0
      ? 'Nothing that renders to objects was found in this repository.'
      : `Sources:\n${list(workspace.sources)}`,
  );
}

const list = (sources: readonly Source[]): string => sources.map((source) => `  ${source.id}`).join('\n');
