// Asks a cluster, because a person said so, for what decides what it accepts: version, kinds, definitions of custom kinds (from the
// OpenAPI description where definitions may not be read), ranges of Services, feature gates. Nothing but reads.
import type { JsonObject, JsonValue } from '../core/json';
import { isObject } from '../core/json';
import type { Abort, Answer, KindInfo } from '../core/ports';
import { Cancelled } from '../core/ports';
import { definitionsOfOpenApi, type CapturedCluster, type ClusterFacts } from '../core/schema/captured';
import type { ClusterTarget } from './clusterTarget';

export interface CapturedNow {
  cluster: CapturedCluster;
  /** The definitions, one for each entry of `cluster.definitions`. */
  definitions: JsonObject[];
}

export interface CaptureOptions {
  /** Whether a group is Kubernetes' own, whose kinds need no definition. */
  isBuiltin: (group: string) => boolean;
  now: () => Date;
  progress?: (text: string) => void;
  abort?: Abort;
}

export async function captureCluster(target: ClusterTarget, options: CaptureOptions): Promise<Answer<CapturedNow>> {
  const { abort, progress = () => undefined } = options;
  const notes: string[] = [];
  progress(`Asking ${target.name} for its version …`);
  const version = await target.version(abort);
  if (!version.ok) {
    return version;
  }
  progress(`Asking ${target.name} for its kinds …`);
  const kinds = await target.kinds(abort);
  if (!kinds.ok) {
    return kinds;
  }
  const custom = kinds.value.filter(({ group }) => group.includes('.') && !options.isBuiltin(group));
  const definitions: JsonObject[] = [];
  const from = new Map<JsonObject, 'definition' | 'openapi'>();

  progress(`Reading the definitions of ${target.name} …`);
  const crdKind = kinds.value.find((k) => k.kind === 'CustomResourceDefinition' && k.version === 'v1');
  const listed = crdKind === undefined ? undefined : await target.list(crdKind, undefined, abort);
  if (listed?.ok === true) {
    for (const object of listed.value) {
      const lean = withoutBookkeeping(object);
      definitions.push(lean);
      from.set(lean, 'definition');
    }
  } else if (listed !== undefined) {
    if (listed.failure.reason !== 'forbidden') {
      return listed;
    }
    notes.push('Definitions may not be read with these rights; schemas come from the OpenAPI description.');
  }

  const known = new Set(definitions.map((definition) => idOf(definition)));
  const rest = custom.filter(({ group, kind }) => !known.has(`${group} ${kind}`));
  if (rest.length > 0) {
    progress(`Reading the OpenAPI description of ${target.name} …`);
    const groupVersions = [...new Set(rest.map(({ group, version: v }) => `${group}/${v}`))];
    const documents = await target.openApi(groupVersions, abort);
    if (!documents.ok) {
      return documents;
    }
    for (const definition of definitionsOfOpenApi(documents.value, rest)) {
      definitions.push(definition);
      from.set(definition, 'openapi');
    }
    const found = new Set(definitions.map((definition) => idOf(definition)));
    const missing = rest.filter(({ group, kind }) => !found.has(`${group} ${kind}`));
    if (missing.length > 0) {
      const names = [...new Set(missing.map(({ resource, group }) => `${resource}.${group}`))];
      notes.push(`The server describes no schema of ${names.join(', ')}.`);
    }
  }

  progress(`Reading the settings of ${target.name} …`);
  const facts = await factsOf(target, kinds.value, notes, abort);
  if (abort?.aborted === true) {
    throw new Cancelled();
  }
  definitions.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  return {
    ok: true,
    value: {
      definitions,
      cluster: {
        format: 1,
        context: target.name,
        version: version.value,
        capturedAt: options.now().toISOString(),
        kinds: kinds.value,
        definitions: definitions.map((definition, line) => {
          const [group = '', kind = ''] = idOf(definition).split(' ');
          return { group, kind, line, from: from.get(definition) ?? 'definition' };
        }),
        facts,
        notes,
      },
    },
  };
}

async function factsOf(
  target: ClusterTarget,
  kinds: readonly KindInfo[],
  notes: string[],
  abort: Abort | undefined,
): Promise<ClusterFacts> {
  const facts: ClusterFacts = {};
  const ranges = kinds.find((k) => k.kind === 'ServiceCIDR' && k.group === 'networking.k8s.io');
  const listed = ranges === undefined ? undefined : await target.list(ranges, undefined, abort);
  if (listed?.ok === true) {
    const cidrs = listed.value.flatMap((object) => {
      const spec = (object as JsonObject).spec;
      return isObject(spec) && Array.isArray(spec.cidrs) ? spec.cidrs.filter((c) => typeof c === 'string') : [];
    });
    if (cidrs.length > 0) {
      facts.serviceCidrs = cidrs;
    }
  } else if (listed !== undefined) {
    notes.push('The ranges of Service addresses may not be read, so addresses are not checked against them.');
  }
  const features = await target.features(abort);
  if (features.ok && Object.keys(features.value).length > 0) {
    facts.features = features.value;
  }
  return facts;
}

/** What decides what the server accepts; who wrote it when, how it is converted and what came of it do not. */
function withoutBookkeeping(crd: JsonObject): JsonObject {
  const metadata = isObject(crd.metadata) ? crd.metadata : {};
  const spec = isObject(crd.spec) ? crd.spec : {};
  const { group, names, scope, versions } = spec;
  const approved = isObject(metadata.annotations) ? metadata.annotations['api-approved.kubernetes.io'] : undefined;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: metadata.name ?? '',
      ...(approved === undefined ? {} : { annotations: { 'api-approved.kubernetes.io': approved } }),
    },
    spec: {
      group: group ?? '',
      names: names ?? {},
      scope: scope ?? 'Namespaced',
      versions: (Array.isArray(versions) ? versions : []).map((version): JsonValue => {
        if (!isObject(version)) {
          return version;
        }
        const { additionalPrinterColumns: _columns, ...kept } = version;
        return kept;
      }),
    },
  };
}

function idOf(definition: JsonObject): string {
  const spec = isObject(definition.spec) ? definition.spec : {};
  const names = isObject(spec.names) ? spec.names : {};
  return `${typeof spec.group === 'string' ? spec.group : ''} ${typeof names.kind === 'string' ? names.kind : ''}`;
}
