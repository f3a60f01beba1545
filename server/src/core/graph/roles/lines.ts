// Short ways to write one line of a table.
import type { RoleLine, RolePlace } from '../roleLine';

type More = Partial<Omit<RoleLine, 'in' | 'path' | 'role' | 'entity'>>;

/** The value is the name of an object of one of these kinds. */
export const object = (
  place: RolePlace,
  path: string,
  role: string,
  kinds: string | readonly string[],
  more: More = {},
): RoleLine => ({
  in: place,
  path,
  role,
  entity: 'object',
  kinds: typeof kinds === 'string' ? [kinds] : kinds,
  ...more,
});

/** The value is a key of the ConfigMap or Secret whose name stands at `via`. */
export const key = (place: RolePlace, path: string, role: string, via: string, more: More = {}): RoleLine => ({
  in: place,
  path,
  role,
  entity: 'key',
  via,
  ...more,
});

/** The value names a port: of the Service at `via`, of the Pods that a selector chooses, or of the Pod around it. */
export const port = (place: RolePlace, path: string, role: string, more: More = {}): RoleLine => ({
  in: place,
  path,
  role,
  entity: 'port',
  ...more,
});

export const within = (
  place: RolePlace,
  path: string,
  role: string,
  entity: 'container' | 'volume',
  more: More = {},
): RoleLine => ({ in: place, path, role, entity, ...more });

/** A map of labels that chooses objects. */
export const labels = (
  place: RolePlace,
  path: string,
  role: string,
  selects: NonNullable<RoleLine['selects']>,
  more: More = {},
): RoleLine => ({ in: place, path: `${path}{=}`, role, entity: 'label', selects, ...more });

export const file = (place: RolePlace, path: string, role: string, more: More = {}): RoleLine => ({
  in: place,
  path,
  role,
  entity: 'file',
  from: 'file',
  ...more,
});

export const folder = (place: RolePlace, path: string, role: string, more: More = {}): RoleLine => ({
  in: place,
  path,
  role,
  entity: 'folder',
  from: 'file',
  ...more,
});

/** The value (or key) gives a name. */
export const defines = (
  place: RolePlace,
  path: string,
  entity: RoleLine['entity'],
  role: string,
  more: More = {},
): RoleLine => ({ in: place, path, role, entity, defines: true, ...more });
