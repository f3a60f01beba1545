// Value enums of Kubernetes. The published OpenAPI files leave them out on purpose; the generated Go source that the API server
// compiles its OpenAPI from has them. It is machine-written and formatted, so its lines and braces are all that must be understood;
// every `Enum:` line that is not understood is an error, never a silent loss.

/**
 * Enums by definition name: `[{ property, inside, values, description }]`; `inside` is `items` or `additionalProperties` where the
 * values of a list or map have the enum, and undefined where the property itself has it.
 * `source` is the text of `pkg/generated/openapi/zz_generated.openapi.go`.
 */
export function readEnums(source) {
  const imports = importsOf(source);
  const definitionOf = functionNames(source, imports);
  const enums = new Map();
  let understood = 0;
  for (const body of source.matchAll(/^func (schema_\w+)\(ref [^\n]*\{\n([\s\S]*?)^\}/gm)) {
    const found = enumsOfFunction(body[2]);
    if (found.length > 0) {
      const name = definitionOf.get(body[1]);
      if (name === undefined) {
        throw new Error(`no definition uses ${body[1]}`);
      }
      enums.set(name, found);
      understood += found.length;
    }
  }
  const written = source.match(/\bEnum:/g)?.length ?? 0;
  if (understood !== written || written === 0) {
    throw new Error(`${written} enums are written in the generated OpenAPI source, ${understood} were understood`);
  }
  return enums;
}

function importsOf(source) {
  const block = /^import \(\n([\s\S]*?)^\)/m.exec(source)[1];
  return new Map([...block.matchAll(/^\s*(\w+) "([^"]+)"/gm)].map((m) => [m[1], m[2]]));
}

/** Definition name by Go function. Older releases name types by path, newer ones by a method of the type. */
function functionNames(source, imports) {
  const names = new Map();
  for (const m of source.matchAll(/^\t\t"([^"]+)\.(\w+)":\s+(schema_\w+)\(ref\),/gm)) {
    names.set(m[3], definitionName(m[1], m[2]));
  }
  for (const m of source.matchAll(/^\t\t(\w+)\.(\w+)\{\}\.OpenAPIModelName\(\):\s+(schema_\w+)\(ref\),/gm)) {
    names.set(m[3], definitionName(imports.get(m[1]), m[2]));
  }
  return names;
}

/** `k8s.io/api/apps/v1` and `Deployment` become `io.k8s.api.apps.v1.Deployment`. */
function definitionName(path, type) {
  const [host, ...rest] = path.split('/');
  return [...host.split('.').reverse(), ...rest, type].join('.');
}

function enumsOfFunction(body) {
  const found = [];
  /** What each open brace belongs to, outermost first: `"replicas"`, `Items`, `Properties` … */
  const open = [];
  let description = '';
  for (const raw of body.split('\n')) {
    const line = raw.trim();
    const values = /^Enum:\s+\[\]interface\{\}\{(.*)\},$/.exec(line);
    if (values) {
      const properties = open.lastIndexOf('Properties');
      found.push({
        property: JSON.parse(open[properties + 1]),
        inside: open.includes('Items', properties)
          ? 'items'
          : open.includes('AdditionalProperties', properties)
            ? 'additionalProperties'
            : undefined,
        values: JSON.parse(`[${values[1]}]`),
        description,
      });
      continue;
    }
    const text = /^Description:\s+("(?:[^"\\]|\\.)*"),$/.exec(line);
    if (text) {
      description = JSON.parse(text[1]);
      continue;
    }
    if (/^[}\])]+[,)]*$/.test(line)) {
      open.pop();
    } else if (/[{(]$/.test(line)) {
      open.push(/^("(?:[^"\\]|\\.)*"|\w+)/.exec(line)?.[1] ?? '');
    }
  }
  return found;
}
