// Schemas of the files that are no objects of the API server, for completion and hover: what their own tables say of them.
import type { ObjectShape, Shape } from '../toolFiles/shape';
import { chartShape } from '../toolFiles/chartShape';
import { kustomizationShape } from '../toolFiles/kustomizationShape';
import type { KindId } from '../kinds/kind';
import { configType, type ConfigType } from '../workspace/configKeys';
import { emptyNode, Type, type SchemaNode } from './schemaNode';
import type { KindSchema } from './schemaStore';

const made = new Map<KindId, KindSchema>();

/** The schema of a kind of document that goes by a table of ours; undefined for all others. */
export function plainSchema(kind: KindId): KindSchema | undefined {
  const known = made.get(kind);
  const schema = known === undefined ? schemaOf(kind) : undefined;
  if (schema === undefined) {
    return known;
  }
  const result: KindSchema = {
    apiVersion: '',
    kind: schema.title,
    plural: '',
    namespaced: false,
    source: 'bundled',
    origin: schema.origin,
    schema: schema.node,
    // There is one schema for all versions of Kubernetes.
    custom: true,
    statusDropped: false,
    servedByDefault: true,
    minors: [],
  };
  made.set(kind, result);
  return result;
}

function schemaOf(kind: KindId): { title: string; origin: string; node: SchemaNode } | undefined {
  if (kind === 'kustomization') {
    return {
      title: 'Kustomization',
      origin: 'kustomize',
      node: ofObject(kustomizationShape, ['resources'], 'Kustomization'),
    };
  }
  if (kind === 'chart') {
    return { title: 'Chart.yaml', origin: 'Helm', node: ofObject(chartShape, ['apiVersion', 'name', 'version']) };
  }
  return kind === 'plumblineConfig'
    ? { title: '.plumbline.yaml', origin: 'Plumbline', node: ofConfig(configType) }
    : undefined;
}

function ofShape(shape: Shape): SchemaNode {
  switch (shape.type) {
    case 'object':
      return ofObject(shape);
    case 'list':
      return node({ types: Type.array, items: ofShape(shape.items) });
    case 'map':
      return node({ types: Type.object, others: ofShape(shape.values) });
    case 'string':
      return node({ types: Type.string, values: shape.values === undefined ? undefined : new Set(shape.values) });
    case 'boolean':
      return node({ types: Type.boolean });
    case 'integer':
      return node({ types: Type.integer });
    case 'any':
      return node({ types: Type.any });
  }
}

/** `first`: fields that nearly every such file has. Deprecated ones are explained and never offered as the first. */
function ofObject(shape: ObjectShape, first: readonly string[] = [], definition?: string): SchemaNode {
  const properties = new Map(Object.entries(shape.fields).map(([name, field]) => [name, ofShape(field.shape)]));
  const about = (name: string): string | undefined => {
    const field = shape.fields[name];
    const texts = [field?.about, field?.deprecated && `**Deprecated:** ${field.deprecated}`].filter((text) => text);
    return texts.length === 0 ? undefined : texts.join('\n\n');
  };
  return node({ types: Type.object, properties, required: first, docs: { of: about }, definition });
}

function ofConfig(type: ConfigType): SchemaNode {
  switch (type.is) {
    case 'text':
      return node({ types: Type.string });
    case 'yesNo':
      return node({ types: Type.boolean });
    case 'choice':
      return node({ types: Type.string, values: new Set(type.of) });
    case 'list':
      return node({ types: Type.array, items: ofConfig(type.of) });
    case 'map':
      return node({ types: Type.object, others: ofConfig(type.of) });
    case 'object':
      return node({
        types: Type.object,
        properties: new Map(Object.entries(type.keys).map(([name, key]) => [name, ofConfig(key.type)])),
        required: type.required ?? [],
        docs: { of: (name) => type.keys[name]?.description },
      });
  }
}

function node(of: Partial<SchemaNode>): SchemaNode {
  return { ...emptyNode({}), ...of };
}
