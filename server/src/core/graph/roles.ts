// Every kind of reference that the graph knows: one line for each field. A new kind of reference is a new line here and a test.
import type { RoleLine } from './roleLine';
import { ecosystemLines } from './roles/ecosystem';
import { fileLines } from './roles/files';
import { gitopsLines } from './roles/gitops';
import { kubernetesLines } from './roles/kubernetes';
import { namespaceLines, namespacesBeside } from './roles/namespaces';
import { podLines } from './roles/pod';

const named: readonly RoleLine[] = [...podLines, ...kubernetesLines, ...ecosystemLines, ...gitopsLines, ...fileLines];

export const roleLines: readonly RoleLine[] = [...named, ...namespaceLines, ...namespacesBeside(named)];

/** A patch, or a generator that merges, names the object that it changes. */
export const patchLine: RoleLine = { in: 'object', path: 'metadata.name', role: 'patched object', entity: 'object' };

/** `${NAME}` in a text that Flux substitutes after the build. */
export const variableLine: RoleLine = { in: 'object', path: '', role: 'variable', entity: 'variable' };
