// What a name may look like, by what it names: the API server would refuse anything else, so a rename to it is refused before.
import type { EntityKind } from '../graph/graph';

export interface NamedThing {
  entity: EntityKind;
  /** Kind of the object named, or of the object that holds the name. */
  kind?: string;
  group?: string;
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const labelFromLetter = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** Objects of RBAC take any name that can stand in a URL. */
const pathSegmentKinds = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

/** Why a new name cannot be used; undefined: it can. Ends with what is allowed. */
export function nameFault(thing: NamedThing, name: string): string | undefined {
  if (name === '' && thing.entity !== 'label') {
    return 'The new name is empty.';
  }
  if (/[\n\r]/.test(name)) {
    return 'A name stands on one line.';
  }
  switch (thing.entity) {
    case 'object':
      return objectFault(thing, name);
    case 'key':
      return name.length > 253 || !/^[-._a-zA-Z0-9]+$/.test(name) || name === '.' || name.startsWith('..')
        ? `"${name}" cannot be a key: letters, digits, "-", "_" and "." are allowed, at most 253 of them.`
        : undefined;
    case 'port':
      return portFault(name, thing.kind === 'Service' ? 63 : 15);
    case 'container':
    case 'volume':
    case 'claimTemplate':
      return labelFault(name, thing.entity === 'container' ? 'a container' : 'a volume');
    case 'variable':
      return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
        ? undefined
        : `"${name}" cannot be a variable: letters, digits and "_" are allowed, and no digit comes first.`;
    case 'label':
    case 'file':
    case 'folder':
      return undefined; // Judged in their parts by whoever knows them.
  }
}

/** Of the value of a label. */
export function labelValueFault(value: string): string | undefined {
  return value.length > 63 || !labelValue.test(value)
    ? `"${value}" cannot be the value of a label: letters, digits, "-", "_" and "." are allowed, at most 63, beginning and ending with a letter or digit.`
    : undefined;
}

/** Of the key of a label: an optional domain, a slash, a name. */
export function labelKeyFault(key: string): string | undefined {
  const slash = key.indexOf('/');
  const domain = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const good =
    name !== '' &&
    name.length <= 63 &&
    labelValue.test(name) &&
    (domain === undefined || (domain.length <= 253 && subdomain.test(domain)));
  return good
    ? undefined
    : `"${key}" cannot be the key of a label: a name of at most 63 letters, digits, "-", "_" and ".", with an optional domain and "/" before it.`;
}

function objectFault({ kind = '', group = '' }: NamedThing, name: string): string | undefined {
  if (pathSegmentKinds.has(kind) && group === 'rbac.authorization.k8s.io') {
    return name === '.' || name === '..' || /[/%]/.test(name)
      ? `"${name}" cannot name a ${kind}: "/" and "%" are not allowed.`
      : undefined;
  }
  if (kind === 'Namespace' && group === '') {
    return labelFault(name, 'a Namespace');
  }
  if (kind === 'Service' && group === '') {
    return name.length > 63 || !labelFromLetter.test(name)
      ? `"${name}" cannot name a Service: lower-case letters, digits and "-" are allowed, at most 63, beginning with a letter and ending with a letter or digit.`
      : undefined;
  }
  const most = kind === 'CronJob' ? 52 : 253;
  return name.length > most || !subdomain.test(name)
    ? `"${name}" cannot name a ${kind === '' ? 'Kubernetes object' : kind}: lower-case letters, digits, "-" and "." are allowed, at most ${most}, beginning and ending with a letter or digit.`
    : undefined;
}

function labelFault(name: string, what: string): string | undefined {
  return name.length > 63 || !label.test(name)
    ? `"${name}" cannot name ${what}: lower-case letters, digits and "-" are allowed, at most 63, beginning and ending with a letter or digit.`
    : undefined;
}

function portFault(name: string, most: number): string | undefined {
  const good = name.length <= most && label.test(name) && (most === 63 || (/[a-z]/.test(name) && !name.includes('--')));
  return good
    ? undefined
    : `"${name}" cannot name a port: lower-case letters, digits and "-" are allowed, at most ${most}${most === 15 ? ', with at least one letter and no "--"' : ''}.`;
}
