// Where the API server's verdict on built-in types differs from its published schema.
// The schema calls a field required when its Go type has no way to leave it out; the server's validation decides otherwise for
// some, and never validates status on a write. What is not listed as enforced is left to the exact engine.

/** True where an object without this field is refused. */
export function enforcedRequired(definition: string, property: string): boolean {
  return !accepted.has(`${definition}.${property}`);
}

/** True where values outside the schema's list are refused. */
export function enforcedEnum(definition: string, property: string): boolean {
  return property !== '' && !acceptedEnums.has(`${definition}.${property}`);
}

const accepted = new Set<string>();

const acceptedEnums = new Set<string>();
