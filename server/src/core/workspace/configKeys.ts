// The keys of `.plumbline.yaml` as one table: the reader, completion and the shipped JSON Schema all come from it.

export type ConfigType =
  | { is: 'text'; pattern?: RegExp; hint?: string; empty?: true }
  | { is: 'yesNo' }
  | { is: 'choice'; of: readonly string[] }
  | { is: 'list'; of: ConfigType }
  | { is: 'map'; of: ConfigType; keyPattern?: RegExp }
  | { is: 'object'; keys: Record<string, ConfigKey>; required?: readonly string[]; oneOf?: readonly string[] };

export interface ConfigKey {
  type: ConfigType;
  description: string;
}

const text = (hint?: string, pattern?: RegExp): ConfigType => ({
  is: 'text',
  ...(hint === undefined ? {} : { hint }),
  ...(pattern === undefined ? {} : { pattern }),
});
const texts: ConfigType = { is: 'list', of: text() };

const target: ConfigType = {
  is: 'object',
  oneOf: ['context', 'snapshot', 'revision'],
  keys: {
    context: { type: text(), description: 'Name of a context in the kubeconfig.' },
    kubeconfig: { type: text(), description: 'Kubeconfig file, where it is not the usual one.' },
    snapshot: {
      type: text(),
      description: 'Folder or file with objects taken from a cluster, relative to the repository.',
    },
    revision: { type: text(), description: 'Git revision whose rendering is the other side.' },
  },
};

const environment: ConfigType = {
  is: 'object',
  required: ['name'],
  keys: {
    name: {
      type: text(),
      description: 'Name of the environment. One that was found in the repository is completed by what stands here.',
    },
    sources: {
      type: texts,
      description: 'What is deployed there: paths, names or ids of sources. Absent: what was found.',
    },
    target: { type: target, description: 'What the environment is compared with.' },
    kubernetesVersion: {
      type: text('a Kubernetes version such as "1.35"', /^v?1\.\d+(\.\d+)?$/),
      description: 'Kubernetes version that manifests are checked against.',
    },
    protected: {
      type: { is: 'yesNo' },
      description: 'Operations ask for the name of the environment as a second confirmation.',
    },
    namespace: { type: text(), description: 'Namespace of objects that name none.' },
  },
};

const ignoreDifference: ConfigType = {
  is: 'object',
  keys: {
    group: { type: text(), description: 'API group; empty for the core group.' },
    kind: { type: text(), description: 'Kind of the objects.' },
    name: { type: text(), description: 'Name of the object.' },
    namespace: { type: text(), description: 'Namespace of the object.' },
    jsonPointers: {
      type: { is: 'list', of: text('a JSON Pointer such as /spec/replicas', /^\//) },
      description: 'Fields that are not compared.',
    },
    managers: { type: texts, description: 'Field managers whose fields are not compared.' },
  },
};

const rules: ConfigType = {
  is: 'map',
  keyPattern: /^[a-z][a-z0-9]*\/[a-z0-9-]+$/i,
  of: { is: 'choice', of: ['error', 'warning', 'info', 'hint', 'off'] },
};

const override: ConfigType = {
  is: 'object',
  required: ['paths', 'rules'],
  keys: {
    paths: { type: texts, description: 'Globs of the paths that it is for.' },
    rules: { type: rules, description: 'Severity of findings by rule code, in these paths.' },
  },
};

/** The whole file. */
export const configType: Extract<ConfigType, { is: 'object' }> = {
  is: 'object',
  keys: {
    environments: { type: { is: 'list', of: environment }, description: 'Where the repository is deployed to.' },
    rules: {
      type: rules,
      description: 'Severity of findings by rule code, for example kubernetes/unknown-field: warning.',
    },
    overrides: {
      type: { is: 'list', of: override },
      description: 'Other severities for some paths; of several that fit the last counts.',
    },
    baseline: {
      type: text(),
      description: 'File with findings that are known already, as `plumbline check --write-baseline` writes it.',
    },
    ignoreDifferences: { type: { is: 'list', of: ignoreDifference }, description: 'Differences that are not drift.' },
    schemas: { type: texts, description: 'Folders or files with CustomResourceDefinitions.' },
    exclude: { type: texts, description: 'Globs of paths that Plumbline does not look at.' },
  },
};

type Schema = Record<string, unknown>;

/** The JSON Schema of the file (`server/schemas/plumbline.schema.json`). */
export function configSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: '.plumbline.yaml',
    description: 'Configuration of Plumbline for one repository; steers the editor and the command line alike.',
    ...schemaOf(configType),
  };
}

function schemaOf(type: ConfigType): Schema {
  switch (type.is) {
    case 'text':
      return {
        type: 'string',
        ...(type.empty === true ? {} : { minLength: 1 }),
        ...(type.pattern === undefined ? {} : { pattern: type.pattern.source }),
      };
    case 'yesNo':
      return { type: 'boolean' };
    case 'choice':
      return { enum: [...type.of] };
    case 'list':
      return { type: 'array', items: schemaOf(type.of) };
    case 'map':
      return {
        type: 'object',
        additionalProperties: schemaOf(type.of),
        ...(type.keyPattern === undefined ? {} : { propertyNames: { pattern: type.keyPattern.source } }),
      };
    case 'object': {
      const properties: Schema = {};
      for (const [name, key] of Object.entries(type.keys)) {
        properties[name] = { description: key.description, ...schemaOf(key.type) };
      }
      return {
        type: 'object',
        additionalProperties: false,
        properties,
        ...(type.required === undefined ? {} : { required: [...type.required] }),
        ...(type.oneOf === undefined ? {} : { oneOf: type.oneOf.map((name) => ({ required: [name] })) }),
      };
    }
  }
}
