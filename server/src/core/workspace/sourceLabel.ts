// How people name a source: the folder, or the object that declares it. The id says all of it, so reports need no workspace.

const declaringKinds: Record<string, string> = {
  fluxKustomization: 'Kustomization',
  fluxHelmRelease: 'HelmRelease',
  argoApplication: 'Application',
};

/** `Kustomization flux-system/web`, `apps/web/overlays/production`, `chart charts/orders`; the id itself where it is of no known form. */
export function sourceLabel(id: string): string {
  const colon = id.indexOf(':');
  const kind = id.slice(0, Math.max(colon, 0));
  const rest = id.slice(colon + 1);
  const declared = declaringKinds[kind];
  const hash = rest.lastIndexOf('#');
  if (declared !== undefined && hash >= 0) {
    return `${declared} ${rest.slice(hash + 1)}`;
  }
  const folder = rest === '' ? '.' : rest;
  switch (kind) {
    case 'kustomization':
    case 'folder':
      return folder;
    case 'chart':
      return `chart ${folder}`;
    default:
      return id;
  }
}
