// The resources that a container or a claim asks for: to the schema they are names like any others, but there are few that all know.

const ofContainers = ['cpu', 'memory', 'ephemeral-storage'];
const ofClaims = ['storage'];

/** Keys that can be offered in the map at a path; empty where it is no list of resources. */
export function resourceNames(kind: string, path: readonly (string | number)[]): readonly string[] {
  const field = path.at(-1);
  if ((field !== 'limits' && field !== 'requests') || path.at(-2) !== 'resources') {
    return [];
  }
  const owner = path.at(-4);
  if (owner === 'containers' || owner === 'initContainers') {
    return ofContainers;
  }
  const isClaim =
    path.at(-3) === 'spec' && (kind === 'PersistentVolumeClaim' || /^volumeClaimTemplates?$/.test(claimField(path)));
  return isClaim ? ofClaims : [];
}

/** The field whose `spec` is the one of a claim: of an item of a list, or of a field. */
function claimField(path: readonly (string | number)[]): string {
  const above = path.at(-4);
  return String(typeof above === 'number' ? path.at(-5) : above);
}
