// What a kustomization file may say: the fields of kustomize's own types, with a sentence about each.
import { anything, flag, listOf, mapOf, objectOf, oneOf, onlyOneOf, text, whole, type Shape } from './shape';

const metadata = objectOf({ name: text, namespace: text, labels: mapOf(text), annotations: mapOf(text) });

const identity = { group: text, version: text, kind: text, name: text, namespace: text };

const selector = objectOf({
  group: { shape: text, about: 'Group of the objects meant; a regular expression.' },
  version: { shape: text, about: 'Version of the objects meant; a regular expression.' },
  kind: { shape: text, about: 'Kind of the objects meant; a regular expression.' },
  name: { shape: text, about: 'Name of the objects meant, as written in their file; a regular expression.' },
  namespace: { shape: text, about: 'Namespace of the objects meant; a regular expression.' },
  labelSelector: { shape: text, about: 'Objects with these labels, as `kubectl -l` writes it.' },
  annotationSelector: { shape: text, about: 'Objects with these annotations, written like a label selector.' },
});

const patch = objectOf({
  path: { shape: text, about: 'File with the patch. Either this or `patch`.' },
  patch: { shape: text, about: 'The patch itself: part of an object, or a list of JSON Patch operations.' },
  target: {
    shape: selector,
    about: 'What is patched. A part of an object names it by itself; operations need a target.',
  },
  options: {
    shape: objectOf({
      allowNameChange: { shape: flag, about: 'The patch may rename its target.' },
      allowKindChange: { shape: flag, about: 'The patch may give its target another kind.' },
    }),
    about: 'What the patch may change besides fields.',
  },
});

const generatorOptions = objectOf({
  labels: { shape: mapOf(text), about: 'Labels of what is generated.' },
  annotations: { shape: mapOf(text), about: 'Annotations of what is generated.' },
  disableNameSuffixHash: { shape: flag, about: 'The name keeps no hash of the content: a change restarts nothing.' },
  immutable: { shape: flag, about: 'The generated object cannot be changed in the cluster.' },
});

const generator = {
  namespace: { shape: text, about: 'Namespace of the generated object.' },
  name: { shape: text, about: 'Name of the generated object, before the hash.' },
  behavior: {
    shape: oneOf('create', 'replace', 'merge'),
    about: 'What happens to an object of the same name in the resources.',
  },
  literals: { shape: listOf(text), about: 'Entries as `key=value`.' },
  files: { shape: listOf(text), about: 'Files as `path` or `key=path`; the file name is the key where none is given.' },
  envs: { shape: listOf(text), about: 'Files with one `key=value` per line.' },
  env: { shape: text, about: 'One file with one `key=value` per line.', deprecated: '`envs`, a list, took its place.' },
  options: { shape: generatorOptions, about: 'Options of this object alone.' },
};

const fieldOptions = objectOf({
  delimiter: { shape: text, about: 'Splits the value; `index` says which part is meant.' },
  index: { shape: whole, about: 'Which part of the split value; from 0, and -1 in front of the first.' },
  encoding: { shape: text, about: 'Encoding of the value: `base64`.' },
  create: { shape: flag, about: 'Makes the field where it is missing.' },
});

const replacement = {
  source: {
    shape: objectOf({
      ...identity,
      fieldPath: { shape: text, about: 'Field that the value is taken from; `metadata.name` where none is given.' },
      options: fieldOptions,
    }),
    about: 'Where the value comes from: one object, one field.',
  },
  sourceValue: { shape: text, about: 'The value itself, in place of `source`.' },
  targets: {
    shape: listOf(
      objectOf({
        select: { shape: selector, about: 'Objects that get the value.' },
        reject: { shape: listOf(selector), about: 'Objects that do not get it after all.' },
        fieldPaths: { shape: listOf(text), about: 'Fields that get the value; `metadata.name` where none is given.' },
        options: fieldOptions,
      }),
    ),
    about: 'Where the value goes.',
  },
} as const;

/** The replacement in a file that `replacements[].path` names: one, or a list of them. */
export const replacementShape: Shape = objectOf(replacement);

const image = objectOf({
  name: { shape: text, about: 'Image as the manifests write it, without tag.' },
  newName: { shape: text, about: 'Name that takes its place.' },
  newTag: { shape: text, about: 'Tag that takes its place; quote it where it looks like a number.' },
  tagSuffix: { shape: text, about: 'Text behind the tag.' },
  digest: { shape: text, about: 'Digest in place of a tag: `sha256:…`.' },
});

const fieldSpec = objectOf({ group: text, version: text, kind: text, path: text, create: flag });

const chart = objectOf({
  name: { shape: text, about: 'Name of the chart.' },
  version: { shape: text, about: 'Version of the chart.' },
  repo: { shape: text, about: 'Repository of the chart.' },
  releaseName: { shape: text, about: 'Name of the release.' },
  namespace: { shape: text, about: 'Namespace of the release.' },
  valuesFile: { shape: text, about: 'File with values in place of those of the chart.' },
  additionalValuesFiles: { shape: listOf(text), about: 'Further files with values.' },
  valuesInline: { shape: mapOf(anything), about: 'Values written here.' },
  valuesMerge: {
    shape: oneOf('merge', 'override', 'replace'),
    about: 'How `valuesInline` and the file come together.',
  },
  includeCRDs: { shape: flag, about: 'The chart brings its custom resource definitions.' },
  skipHooks: flag,
  skipTests: flag,
  apiVersions: listOf(text),
  kubeVersion: text,
  nameTemplate: text,
  debug: flag,
  devel: flag,
});

export const kustomizationShape = objectOf({
  apiVersion: { shape: text, about: '`kustomize.config.k8s.io/v1beta1`, for a Component `v1alpha1`.' },
  kind: { shape: text, about: '`Kustomization`, or `Component` for a part that several overlays switch on.' },
  metadata,
  resources: {
    shape: listOf(text),
    about: 'Files with objects, and folders with kustomizations, that are taken in.',
  },
  components: { shape: listOf(text), about: 'Folders with a Component: applied to everything that is taken in.' },
  crds: {
    shape: listOf(text),
    about: 'Files with definitions, so that kustomize knows where custom resources name others.',
  },
  bases: { shape: listOf(text), about: 'Folders with kustomizations.', deprecated: '`resources` takes folders, too.' },
  namespace: { shape: text, about: 'Namespace that every object gets.' },
  namePrefix: { shape: text, about: 'Text in front of every name.' },
  nameSuffix: { shape: text, about: 'Text behind every name.' },
  labels: {
    shape: listOf(
      objectOf({
        pairs: { shape: mapOf(text), about: 'The labels.' },
        includeSelectors: {
          shape: flag,
          about: 'Selectors and Pod templates get them, too. Selectors of running workloads cannot be changed.',
        },
        includeTemplates: { shape: flag, about: 'Pod templates get them, too.' },
        includeVolumeClaimTemplates: { shape: flag, about: 'Volume claim templates get them, too.' },
        fields: { shape: listOf(fieldSpec), about: 'Further fields that get them.' },
      }),
    ),
    about: 'Labels that every object gets.',
  },
  commonLabels: {
    shape: mapOf(text),
    about: 'Labels that every object and every selector gets.',
    deprecated: '`labels` says the same with `includeSelectors: true`, and more.',
  },
  commonAnnotations: { shape: mapOf(text), about: 'Annotations that every object gets.' },
  patches: { shape: listOf(patch), about: 'Changes of objects: parts of objects, or JSON Patch operations.' },
  patchesStrategicMerge: {
    shape: listOf(text),
    about: 'Parts of objects: files, or texts.',
    deprecated: '`patches` took its place.',
  },
  patchesJson6902: {
    shape: listOf(patch),
    about: 'JSON Patch operations with their targets.',
    deprecated: '`patches` took its place.',
  },
  images: { shape: listOf(image), about: 'Other names, tags or digests of images.' },
  imageTags: { shape: listOf(image), about: 'Other tags of images.', deprecated: '`images` took its place.' },
  replicas: {
    shape: listOf(
      objectOf({
        name: { shape: text, about: 'Name of the workload, as written in its file.' },
        count: { shape: whole, about: 'How many Pods it gets.' },
      }),
    ),
    about: 'Numbers of Pods, by workload.',
  },
  replacements: {
    shape: listOf(
      objectOf({ ...replacement, path: { shape: text, about: 'File with one replacement or a list of them.' } }),
    ),
    about: 'Values that are copied from one object into others.',
  },
  vars: {
    shape: listOf(
      objectOf({
        name: text,
        objref: objectOf({ apiVersion: text, ...identity }),
        fieldref: objectOf({ fieldPath: text }),
      }),
    ),
    about: 'Values that take the place of `$(NAME)`.',
    deprecated: '`replacements` took its place.',
  },
  configMapGenerator: { shape: listOf(objectOf(generator)), about: 'ConfigMaps made of files and texts.' },
  secretGenerator: {
    shape: listOf(
      objectOf({ ...generator, type: { shape: text, about: 'Type of the Secret; `Opaque` where none is given.' } }),
    ),
    about: 'Secrets made of files and texts.',
  },
  generatorOptions: { shape: generatorOptions, about: 'Options of all generated objects.' },
  helmCharts: { shape: listOf(chart), about: 'Charts that kustomize renders by running Helm.' },
  helmGlobals: { shape: objectOf({ chartHome: text, configHome: text }), about: 'Where kustomize keeps charts.' },
  helmChartInflationGenerator: {
    shape: listOf(
      objectOf({
        chartName: text,
        chartVersion: text,
        chartRepoUrl: text,
        chartHome: text,
        chartRepoName: text,
        helmBin: text,
        helmHome: text,
        values: text,
        valuesLocal: mapOf(anything),
        valuesMerge: text,
        releaseName: text,
        releaseNamespace: text,
        extraArgs: listOf(text),
      }),
    ),
    deprecated: '`helmCharts` took its place.',
  },
  generators: { shape: listOf(text), about: 'Configurations of generators: files, folders or texts.' },
  transformers: { shape: listOf(text), about: 'Configurations of transformers: files, folders or texts.' },
  validators: { shape: listOf(text), about: 'Configurations of validators: files, folders or texts.' },
  configurations: { shape: listOf(text), about: 'Files that say where transformers act.' },
  openapi: { shape: mapOf(text), about: 'Schema of custom resources, so that patches merge their lists by key.' },
  buildMetadata: {
    shape: listOf(oneOf('originAnnotations', 'transformerAnnotations', 'managedByLabel')),
    about: 'Marks that kustomize leaves on what it builds.',
  },
  sortOptions: {
    shape: objectOf({
      order: { shape: onlyOneOf('legacy', 'fifo'), about: '`fifo`: as given; `legacy`: by kind.' },
      legacySortOptions: objectOf({ orderFirst: listOf(text), orderLast: listOf(text) }),
    }),
    about: 'Order of what is built.',
  },
});
