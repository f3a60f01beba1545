// What a cluster said of itself when somebody asked for it: its version, the kinds that it serves, the definitions of its custom
// kinds, and values that only it knows. Kept on disk and used without asking again.
import type { JsonObject, JsonValue } from '../json';
import { isObject } from '../json';
import type { KindInfo } from '../ports';

export interface CapturedCluster {
  format: 1;
  /** The kubeconfig context that was asked; environments with this target use it. */
  context: string;
  /** For example `1.35.4`. */
  version: string;
  /** ISO time. */
  capturedAt: string;
  /** Every kind that can be read there, built-in and custom. */
  kinds: KindInfo[];
  definitions: CapturedDefinition[];
  facts: ClusterFacts;
  /** What could not be read, and why; for people. */
  notes: string[];
}

/** One custom kind. Its definition is a line of the file beside. */
export interface CapturedDefinition {
  group: string;
  kind: string;
  line: number;
  /** `openapi` where reading definitions is forbidden: columns and the like are unknown then, schemas are the same. */
  from: 'definition' | 'openapi';
}

/** Values of a cluster that decide what it accepts. Absent: not known. */
export interface ClusterFacts {
  /** Ranges that addresses of Services come from. */
  serviceCidrs?: string[];
  /** Feature gates that the server says to be on or off. */
  features?: Record<string, boolean>;
}

/** A capture with its definitions, each read when it is first used. */
export interface CapturedSchemas extends CapturedCluster {
  /** Whole CustomResourceDefinition object as JSON text. */
  definitionText(line: number): string;
}

/**
 * Custom kinds of OpenAPI documents as definitions, for people who may not read definitions: what a server publishes of a custom kind
 * is its schema, rules included. `kinds` says how each is named and where it lives.
 */
export function definitionsOfOpenApi(documents: readonly JsonObject[], kinds: readonly KindInfo[]): JsonObject[] {
  const schemas = new Map<string, JsonObject>();
  for (const document of documents) {
    const components = isObject(document.components) ? document.components.schemas : undefined;
    for (const schema of isObject(components) ? Object.values(components) : []) {
      const names = isObject(schema) ? schema['x-kubernetes-group-version-kind'] : undefined;
      for (const name of Array.isArray(names) ? names.filter(isObject) : []) {
        schemas.set(`${text(name.group)}/${text(name.version)}/${text(name.kind)}`, schema as JsonObject);
      }
    }
  }
  const byKind = new Map<string, KindInfo[]>();
  for (const kind of kinds) {
    byKind.set(`${kind.group} ${kind.kind}`, [...(byKind.get(`${kind.group} ${kind.kind}`) ?? []), kind]);
  }
  return [...byKind.values()].flatMap((versions) => {
    const [first] = versions;
    const found = versions.flatMap(({ group, version, kind }) => {
      const schema = schemas.get(`${group}/${version}/${kind}`);
      return schema === undefined ? [] : [{ version, schema: structural(schema, true) as JsonObject }];
    });
    if (first === undefined || found.length === 0) {
      return [];
    }
    return [
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: {
          name: `${first.resource}.${first.group}`,
          annotations: { 'api-approved.kubernetes.io': 'unapproved, read from the OpenAPI description' },
        },
        spec: {
          group: first.group,
          names: {
            kind: first.kind,
            listKind: `${first.kind}List`,
            plural: first.resource,
            singular: first.kind.toLowerCase(),
          },
          scope: first.namespaced ? 'Namespaced' : 'Cluster',
          versions: found.map(({ version, schema }, i) => ({
            name: version,
            served: true,
            storage: i === 0,
            schema: { openAPIV3Schema: schema },
            // A published schema does not say whether status is a subresource. It nearly always is, and then what is written there
            // is dropped: judging it would call valid objects invalid.
            ...(isObject(schema.properties) && schema.properties.status !== undefined
              ? { subresources: { status: {} } }
              : {}),
          })),
        },
      },
    ];
  });
}

/**
 * A published schema as a definition may hold it: without references, which lead to metadata in custom resources and to types that
 * nothing is said about in those of aggregated servers, and without the kind's name.
 */
function structural(value: JsonValue, isRoot = false): JsonValue {
  if (Array.isArray(value)) {
    return value.map((each) => structural(each));
  }
  if (!isObject(value)) {
    return value;
  }
  if (isReferring(value)) {
    return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  }
  const out: JsonObject = {};
  for (const [key, each] of Object.entries(value)) {
    if (key === 'properties' && isObject(each)) {
      out.properties = Object.fromEntries(
        Object.entries(each).map(([name, schema]) => [
          name,
          name === 'metadata' && isObject(schema) && isReferring(schema) ? { type: 'object' } : structural(schema),
        ]),
      );
    } else if (key === 'default' || key === 'enum') {
      out[key] = each;
    } else if (key !== 'x-kubernetes-group-version-kind' && key !== 'x-kubernetes-selectable-fields') {
      out[key] = structural(each);
    }
  }
  if (isRoot && isObject(out.properties)) {
    out.type = 'object';
    out.properties = {
      ...out.properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
    };
  }
  return out;
}

function isReferring({ $ref, allOf }: JsonObject): boolean {
  return (
    typeof $ref === 'string' ||
    (Array.isArray(allOf) && allOf.some((each) => isObject(each) && typeof each.$ref === 'string'))
  );
}

/** `3 days ago`; `now` and the time are milliseconds. */
export function ago(iso: string, now: number): string {
  const minutes = Math.floor((now - Date.parse(iso)) / 60_000);
  if (!(minutes >= 1)) {
    return 'just now';
  }
  const [count, unit] =
    minutes < 60
      ? [minutes, 'minute']
      : minutes < 48 * 60
        ? [Math.floor(minutes / 60), 'hour']
        : [Math.floor(minutes / 1440), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
