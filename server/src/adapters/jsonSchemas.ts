// JSON Schema over ajv: a bundle of its own that is loaded when the first document names such a schema. Nothing is ever fetched.
import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020';
import type { JsonObject, JsonValue } from '../core/json';
import type { JsonSchemaCheck, JsonSchemaFault } from '../core/ports';

const options: Options = {
  allErrors: true,
  // Schemas are the person's: what ajv finds unusual in them is not for us to refuse.
  strict: false,
  validateSchema: false,
  validateFormats: false,
  logger: false,
  verbose: true,
};

/** The check of a schema, or why it cannot be made. */
export function compileJsonSchema(schema: JsonObject): JsonSchemaCheck | string {
  const { $schema, $id: _id, id: _oldId, ...rest } = schema;
  try {
    const named = typeof $schema === 'string' ? $schema : '';
    const ajv = /2019-09|2020-12/.test(named) ? new Ajv2020(options) : new Ajv(options);
    const validate = ajv.compile(rest);
    return (value: JsonValue) => (validate(value) ? [] : faultsOf(validate.errors ?? []));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const reference = /can't resolve reference (\S+)/.exec(text)?.[1];
    return reference === undefined ? text : `it refers to ${reference}, which is not fetched`;
  }
}

/** Failures of `anyOf` and the like follow from those of their branches; of the branches, the one that fails deepest was meant. */
function faultsOf(errors: readonly ErrorObject[]): JsonSchemaFault[] {
  const combined = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const inside = (error: ErrorObject): ErrorObject | undefined =>
    combined.find((one) => one !== error && error.schemaPath.startsWith(`${one.schemaPath}/`));
  const plain = errors.filter((error) => inside(error) === undefined && error.keyword !== 'if');
  const faults = plain.flatMap((error): JsonSchemaFault[] => {
    if (!combined.includes(error)) {
      return [faultOf(error)];
    }
    const branches = errors.filter((one) => inside(one) === error || inside(one) !== undefined);
    const deeper = branches.filter((one) => one.instancePath.length > error.instancePath.length);
    const deepest = Math.max(0, ...deeper.map((one) => one.instancePath.split('/').length));
    const meant = deeper.filter((one) => one.instancePath.split('/').length === deepest);
    return meant.length === 1 && meant[0] !== undefined
      ? [faultOf(meant[0])]
      : [{ path: error.instancePath, message: 'fits none of the forms that the schema allows' }];
  });
  const seen = new Map(faults.map((fault) => [`${fault.path} ${fault.message}`, fault]));
  return [...seen.values()];
}

function faultOf({ keyword, instancePath, params, message }: ErrorObject): JsonSchemaFault {
  const { additionalProperty, unevaluatedProperty, missingProperty, allowedValues } = params as Record<string, unknown>;
  const extra = additionalProperty ?? unevaluatedProperty;
  if (typeof extra === 'string') {
    return { path: instancePath, key: extra, message: `${extra} is not allowed here` };
  }
  if (keyword === 'required' && typeof missingProperty === 'string') {
    return { path: instancePath, message: `${missingProperty} is missing` };
  }
  if (keyword === 'enum' && Array.isArray(allowedValues)) {
    return {
      path: instancePath,
      message: `must be one of ${allowedValues.map((value) => JSON.stringify(value)).join(', ')}`,
    };
  }
  return { path: instancePath, message: message ?? `does not fit (${keyword})` };
}
