// What Chart.yaml may say: the fields that Helm reads, with a sentence about each.
import { anything, flag, listOf, mapOf, objectOf, onlyOneOf, text } from './shape';

export const dependencyShape = objectOf({
  name: { shape: text, about: 'Name of the chart.' },
  version: { shape: text, about: 'Version, or a range of versions.' },
  repository: {
    shape: text,
    about: 'Where it comes from: a URL, `oci://…`, `file://…`, or `@name` of a repository known to Helm.',
  },
  condition: { shape: text, about: 'Path in the values that switches it on or off.' },
  tags: { shape: listOf(text), about: 'Names under which several dependencies are switched together.' },
  enabled: { shape: flag, about: 'Whether it is loaded; Helm sets this itself.' },
  'import-values': { shape: listOf(anything), about: 'Values of the dependency that the chart takes over.' },
  alias: { shape: text, about: 'Other name, for a chart that is used more than once.' },
});

export const chartShape = objectOf({
  apiVersion: { shape: text, about: '`v2`; `v1` for charts of Helm 2.' },
  name: { shape: text, about: 'Name of the chart.' },
  version: { shape: text, about: 'Version of the chart: SemVer 2.' },
  kubeVersion: { shape: text, about: 'Range of Kubernetes versions that the chart works with.' },
  description: { shape: text, about: 'What the chart is, in a sentence.' },
  type: { shape: onlyOneOf('application', 'library'), about: '`library`: its templates are only there for others.' },
  keywords: { shape: listOf(text), about: 'Words to find the chart by.' },
  home: { shape: text, about: 'Page of the project.' },
  sources: { shape: listOf(text), about: 'Where its source code is.' },
  dependencies: { shape: listOf(dependencyShape), about: 'Charts that this one brings along.' },
  maintainers: {
    shape: listOf(objectOf({ name: text, email: text, url: text })),
    about: 'Who looks after it.',
  },
  icon: { shape: text, about: 'Picture of the chart.' },
  appVersion: { shape: text, about: 'Version of what the chart deploys; quote it.' },
  deprecated: { shape: flag, about: 'Whether the chart is no longer looked after.' },
  annotations: { shape: mapOf(text), about: 'Further information for other tools.' },
  condition: text,
  tags: text,
  // Fields of Helm 2 that many charts still carry.
  engine: text,
  tillerVersion: text,
});
