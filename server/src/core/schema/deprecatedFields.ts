// Fields of built-in types that are deprecated though no server warns of them: a quiet hint, with the field to use where there is one.
// What servers do warn of comes from the engine, in their own words.

export interface DeprecatedField {
  /** Field of the same map that takes its place, with the same values. */
  replacement?: string;
  /** Since when, and what to do. */
  why: string;
}

const prefix = 'io.k8s.api.';

const deprecated: Record<string, Record<string, DeprecatedField>> = {
  'core.v1.PodSpec': {
    serviceAccount: {
      replacement: 'serviceAccountName',
      why: 'the alias of serviceAccountName from before Kubernetes 1.0',
    },
  },
  'core.v1.ServiceSpec': {
    loadBalancerIP: { why: 'since Kubernetes 1.24; each provider has an annotation of its own for it' },
  },
};

const byDefinition: ReadonlyMap<string, Record<string, DeprecatedField>> = new Map(
  Object.entries(deprecated).map(([name, fields]) => [prefix + name, fields]),
);

/** The deprecated fields of a type; undefined for most. */
export function deprecatedFields(definition: string | undefined): Record<string, DeprecatedField> | undefined {
  return definition === undefined ? undefined : byDefinition.get(definition);
}
