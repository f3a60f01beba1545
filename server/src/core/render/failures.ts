// A rendering that failed, as a finding: the rule that names the fault, on the line that causes it, in words of this product where
// the tool's own are a chain of wrappers.
import type { FileTree } from '../ports';
import type { Location, Problem, Severity } from '../problem';
import { readFacts } from '../workspace/facts';
import { readKustomization } from '../workspace/kustomization';
import { joinPath, kustomizationFiles } from '../workspace/paths';
import { itemsAt, nodeAt, pairOf, resolved, textAt } from '../workspace/read';
import { parseYaml } from '../yaml/parse';
import type { Node, ParsedYaml } from '../yaml/tree';
import type { Rendering } from './rendering';

interface Verdict {
  rule: string;
  severity?: Severity;
  message: string;
  place?: Location;
}

/** The failure of a rendering as a problem. Undefined where the rendering did not fail. */
export async function failureProblem(rendering: Rendering, tree: FileTree): Promise<Problem | undefined> {
  const { failure, source } = rendering;
  if (failure === undefined) {
    return undefined;
  }
  if (source.render.tool === 'unsupported') {
    return {
      ...source.declared,
      rule: 'plumbline/not-rendered',
      severity: 'info',
      message: `${source.name} is not checked: ${source.render.reason}`,
    };
  }
  const text = failure.message;
  const verdict =
    source.render.tool === 'helm'
      ? helmVerdict(text, source.kind === 'chart')
      : await kustomizeVerdict(rendering, tree, text);
  const place = verdict.place ?? (await failurePlace(rendering, tree));
  return { ...place, rule: verdict.rule, severity: verdict.severity ?? 'error', message: verdict.message };
}

/** Where the tool's text or our reading of it points; else where the source is declared. */
async function failurePlace({ failure, source }: Rendering, tree: FileTree): Promise<Location> {
  if (failure?.path === undefined) {
    return source.declared;
  }
  const text = (await tree.read(failure.path)) ?? '';
  const line = failure.line ?? 0;
  const written = text.split('\n')[line] ?? '';
  const indent = /^\s*/.exec(written)?.[0].length ?? 0;
  const start = failure.character ?? Math.min(indent, written.length);
  return {
    path: failure.path,
    range: { start: { line, character: start }, end: { line, character: Math.max(start, written.trimEnd().length) } },
  };
}

// ---- Helm

function helmVerdict(text: string, ownDefaults: boolean): Verdict {
  const required = /error calling (required|fail): (.*)$/s.exec(text);
  if (required !== null) {
    const said = (required[2] ?? '').trim();
    return ownDefaults
      ? {
          rule: 'helm/needs-values',
          severity: 'info',
          message: `The chart does not render with its default values alone: ${said}`,
        }
      : { rule: 'helm/bad-values', message: said };
  }
  if (/don't meet the specifications of the schema|values\.schema\.json/.test(text)) {
    return { rule: 'helm/bad-values', message: tidy(text) };
  }
  if (/chart requires kubeVersion|incompatible with Kubernetes/.test(text)) {
    return { rule: 'helm/kubernetes-version', message: tidy(text) };
  }
  if (/Chart\.ya?ml|chart metadata|validation: chart\./.test(text)) {
    return { rule: 'helm/bad-chart', message: tidy(text) };
  }
  if (/values/.test(text) && /unmarshal|cannot load|failed to parse|YAML/i.test(text) && !/templates\//.test(text)) {
    return { rule: 'helm/bad-values', message: tidy(text) };
  }
  return { rule: 'helm/template-error', message: shortTemplateError(text) ?? tidy(text) };
}

/** `template: chart/templates/x.yaml:3:5: executing "…" at <.Values.a>: nil pointer …` without the chain in front. */
function shortTemplateError(text: string): string | undefined {
  const executing = /executing "[^"]*" at <([^]*?)>:\s*([^]*)$/.exec(text);
  if (executing !== null) {
    // Nested templates repeat the pattern: the innermost one is the cause.
    const inner = shortTemplateError(executing[2] ?? '');
    return inner ?? `${executing[1] ?? ''}: ${tidy(executing[2] ?? '')}`;
  }
  const parsing = /parse error at \([^)]*\):\s*([^]*)$/.exec(text);
  return parsing === null ? undefined : tidy(parsing[1] ?? '');
}

// ---- kustomize

async function kustomizeVerdict(rendering: Rendering, tree: FileTree, text: string): Promise<Verdict> {
  const unknown = /unknown field "([^"]+)"/.exec(text);
  if (/invalid Kustomization/.test(text) && unknown?.[1] !== undefined) {
    const name = unknown[1];
    const place = await findKey(rendering, tree, name);
    return { rule: 'kustomize/unknown-field', message: `A kustomization has no field ${name}.`, ...placed(place) };
  }
  const missingTarget =
    /no matches for Id ([^;\n]+?)(?:; failed to find unique target for patch ([^\n]+?))?(?:$|\n|: )/.exec(text);
  if (missingTarget !== null || /failed to find unique target for patch/.test(text)) {
    const id = missingTarget?.[1] ?? text;
    const place = await findPatch(rendering, tree, idOf(missingTarget?.[2] ?? id));
    return {
      rule: 'kustomize/missing-patch-target',
      message: `The patch fits no object: there is no ${readableId(id)} among the resources.`,
      ...placed(place),
    };
  }
  const twice = /may not add resource with an already registered id: ([^\n]+)/.exec(text);
  if (twice !== null) {
    return { rule: 'kubernetes/duplicate-object', message: `${readableId(twice[1] ?? '')} is there twice.` };
  }
  const absent =
    /evalsymlink failure on '([^']*)'|(?:open|lstat|stat) ([^:\s]+): no such file or directory|'([^']+)' doesn't exist/.exec(
      text,
    );
  if (absent !== null) {
    const name = (absent[1] ?? absent[2] ?? absent[3] ?? '').replace(/^\/+/, '');
    const place = await findReference(rendering, tree, name);
    return { rule: 'kustomize/missing-file', message: `${name} does not exist.`, ...placed(place) };
  }
  if (
    /json patch|jsonpatch|JSON patch|operation does not apply|remove operation|add operation|replace operation|test operation/i.test(
      text,
    )
  ) {
    return { rule: 'kustomize/bad-patch', message: tidy(text) };
  }
  if (/^Variable substitution failed/.test(text)) {
    return { rule: 'flux/substitution-failed', message: tidy(text) };
  }
  return { rule: 'kustomize/build-failed', message: tidy(text) };
}

const placed = (place: Location | undefined): { place?: Location } => (place === undefined ? {} : { place });

/** kustomize names objects `Deployment.v1.apps/name.[noNs]` or `Deployment.v1.apps/name.namespace`. */
function idOf(text: string): { kind: string; name: string } | undefined {
  const match = /([A-Z]\w*)\.[\w.[\]-]*\/([^\s;:"]+)/.exec(text);
  const name = match?.[2]?.replace(/"$/, '') ?? '';
  const dot = name.search(/\.(\[noNs\]|[a-z0-9-]+)$/);
  return match?.[1] === undefined ? undefined : { kind: match[1], name: dot < 0 ? name : name.slice(0, dot) };
}

function readableId(text: string): string {
  const id = idOf(text);
  return id === undefined ? text : `${id.kind} ${id.name}`;
}

/** kustomization files that take part in a rendering, from its own downwards. A failed build does not always say what it read. */
async function kustomizations(
  rendering: Rendering,
  tree: FileTree,
): Promise<{ path: string; parsed: ParsedYaml; root: Node | undefined }[]> {
  const { render, path: sourcePath } = rendering.source;
  const found: { path: string; parsed: ParsedYaml; root: Node | undefined }[] = [];
  const waiting = [render.tool === 'kustomize' ? render.dir : sourcePath];
  const seen = new Set(waiting);
  for (const dir of waiting) {
    for (const name of kustomizationFiles) {
      const path = joinPath(dir, name) ?? name;
      const text = await tree.read(path);
      if (text === undefined) {
        continue;
      }
      const parsed = parseYaml(text);
      found.push({ path, parsed, root: parsed.documents.find((d) => d.root !== undefined)?.root });
      for (const { role, path: target } of readKustomization(readFacts(path, text)).references) {
        if (target !== undefined && (role === 'resource' || role === 'component') && !seen.has(target)) {
          seen.add(target);
          waiting.push(target);
        }
      }
      break;
    }
  }
  return found;
}

async function findKey(rendering: Rendering, tree: FileTree, name: string): Promise<Location | undefined> {
  for (const { path, parsed, root } of await kustomizations(rendering, tree)) {
    const key = findPairNamed(root, name);
    if (key !== undefined) {
      return { path, range: parsed.lines.range(key.start, key.end) };
    }
  }
  return undefined;
}

function findPairNamed(node: Node | undefined, name: string): Node | undefined {
  const at = resolved(node);
  if (at?.kind === 'map') {
    const own = pairOf(at, name);
    return own?.key ?? firstOf(at.pairs, (pair) => findPairNamed(pair.value, name));
  }
  return at?.kind === 'seq' ? firstOf(at.items, (item) => findPairNamed(item, name)) : undefined;
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** The patch that names an object: its name in the patch file, in an inline patch its entry. */
async function findPatch(
  rendering: Rendering,
  tree: FileTree,
  id: { kind: string; name: string } | undefined,
): Promise<Location | undefined> {
  if (id === undefined) {
    return undefined;
  }
  for (const { path, parsed, root } of await kustomizations(rendering, tree)) {
    for (const reference of readKustomization(readFacts(path, parsed.text)).references) {
      if (reference.role !== 'patch' || reference.path === undefined) {
        continue;
      }
      const text = await tree.read(reference.path);
      const patch = text === undefined ? undefined : parseYaml(text);
      for (const document of patch?.documents ?? []) {
        if (
          patch !== undefined &&
          textAt(document.root, 'kind') === id.kind &&
          textAt(document.root, 'metadata', 'name') === id.name
        ) {
          const name = nodeAt(document.root, ['metadata', 'name']);
          if (name !== undefined) {
            return { path: reference.path, range: patch.lines.range(name.start, name.end) };
          }
        }
      }
    }
    for (const item of [
      ...itemsAt(root, 'patches'),
      ...itemsAt(root, 'patchesJson6902'),
      ...itemsAt(root, 'patchesStrategicMerge'),
    ]) {
      const inline = resolved(item)?.kind === 'scalar' ? resolved(item) : nodeAt(item, ['patch']);
      const text = inline?.kind === 'scalar' ? inline.text : '';
      const target = textAt(item, 'target', 'name');
      const named = new RegExp(`^\\s*name:\\s*["']?${escape(id.name)}["']?\\s*$`, 'm').test(text);
      if (
        target === id.name ||
        (named && new RegExp(`^\\s*kind:\\s*["']?${escape(id.kind)}["']?\\s*$`, 'm').test(text))
      ) {
        const node = target === id.name ? (nodeAt(item, ['target', 'name']) ?? item) : (inline ?? item);
        const range = parsed.lines.range(node.start, node.end);
        const line = range.start.line === range.end.line ? range : { start: range.start, end: range.start };
        return { path, range: line };
      }
    }
  }
  return undefined;
}

/** The reference in a kustomization that leads to a missing file. */
async function findReference(rendering: Rendering, tree: FileTree, name: string): Promise<Location | undefined> {
  for (const { path, parsed } of await kustomizations(rendering, tree)) {
    const reference = readKustomization(readFacts(path, parsed.text)).references.find(
      (r) => r.path === name || r.text === name,
    );
    if (reference !== undefined) {
      return { path, range: parsed.lines.range(reference.node.start, reference.node.end) };
    }
  }
  return undefined;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** One paragraph without the wrappers that tools put in front of each other, and with a full stop. */
function tidy(text: string): string {
  const clean = text
    .replace(/^(?:Error: )+/, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
  const short = clean.length > 600 ? `${clean.slice(0, 600)} …` : clean;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
