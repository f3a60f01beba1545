// Another revision's rendering as a target: what would be live if that commit were deployed. It is only ever read.
import type { Abort, Answer, Failure, KindInfo, Target } from '../core/ports';
import type { KubernetesObject } from '../core/resource';
import { groupOf, keyOf, label } from '../core/resource';
import type { SchemaStore } from '../core/schema/schemaStore';

export interface RevisionTargetOptions {
  revision: string;
  /**
   * The objects of every source of the environment at that revision, namespaces filled in. Fails where one of them does not
   * render: an object that is missing from a broken rendering is not missing.
   */
  render: (revision: string, abort?: Abort) => Promise<Answer<readonly KubernetesObject[]>>;
  schemas: SchemaStore;
}

export function createRevisionTarget({ revision, render, schemas }: RevisionTargetOptions): Target {
  let rendered: Promise<Answer<readonly KubernetesObject[]>> | undefined;

  /** One rendering serves all questions; one that failed or was cancelled is made again. */
  async function objects(abort: Abort | undefined): Promise<Answer<readonly KubernetesObject[]>> {
    rendered ??= render(revision, abort);
    const current = rendered;
    try {
      const answer = await current;
      if (!answer.ok && rendered === current) {
        rendered = undefined;
      }
      return answer;
    } catch (error) {
      if (rendered === current) {
        rendered = undefined;
      }
      throw error;
    }
  }

  const target: Target = {
    name: revision,
    type: 'revision',

    version: () =>
      Promise.resolve(fails('unsupported', `Revision ${revision} runs nowhere, so it has no Kubernetes version.`)),

    kinds: () =>
      Promise.resolve({
        ok: true,
        value: schemas.kinds().map(({ apiVersion, kind, plural, namespaced }) => ({
          group: groupOf(apiVersion),
          version: apiVersion.slice(apiVersion.indexOf('/') + 1),
          kind,
          resource: plural,
          namespaced,
        })),
      }),

    async list(kind, namespace, abort) {
      const all = await objects(abort);
      if (!all.ok) {
        return all;
      }
      const found = all.value.filter((object) => {
        const key = keyOf(object);
        return (
          key.group === kind.group &&
          key.kind === kind.kind &&
          (namespace === undefined || !kind.namespaced || key.namespace === namespace)
        );
      });
      const other = found.find((object) => object.apiVersion !== groupVersion(kind));
      return other
        ? fails(
            'unsupported',
            `At ${revision}, ${label(keyOf(other))} is written as ${other.apiVersion}, not as ${groupVersion(kind)}.`,
          )
        : { ok: true, value: found };
    },

    async get(kind, key, abort) {
      const list = await target.list(kind, key.namespace, abort);
      return list.ok ? { ok: true, value: list.value.find((object) => keyOf(object).name === key.name) } : list;
    },

    openApi: (groupVersions) => Promise.resolve({ ok: true, value: schemas.openApi(undefined, groupVersions) }),

    dryRun: (object) =>
      Promise.resolve(fails('unsupported', `${label(keyOf(object))}: nothing can be applied to revision ${revision}.`)),
  };
  return target;
}

const groupVersion = (kind: KindInfo): string => (kind.group === '' ? kind.version : `${kind.group}/${kind.version}`);

function fails(reason: Failure['reason'], message: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { reason, message } };
}
