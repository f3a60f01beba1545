// A rendering that failed, as a finding: the rule that names the fault, on the line that causes it, in words of this product where
// the tool's own are a chain of wrappers.
import { failedOperation, placeOfOperation } from '../patch/failedOperation';
import type { FileTree } from '../ports';
import type { Location, Problem, Severity } from '../problem';
import type { Rendering } from './rendering';

interface Verdict {
  rule: string;
  severity?: Severity;
  message: string;
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
  if (failure.isTooLarge === true) {
    const message = `${source.name} is not checked: ${failure.message}`;
    return { ...source.declared, rule: 'plumbline/not-rendered', severity: 'info', message };
  }
  const text = failure.message;
  const verdict = source.render.tool === 'helm' ? helmVerdict(text, source.kind === 'chart') : buildVerdict(text);
  const operation = source.render.tool === 'kustomize' ? failedOperation(text) : undefined;
  if (operation !== undefined) {
    const at = await placeOfOperation(operation, rendering.reads, tree);
    return {
      ...(at ?? (await failurePlace(rendering, tree))),
      rule: 'kustomize/bad-patch',
      severity: 'error',
      message: operation.message,
    };
  }
  const place = await failurePlace(rendering, tree);
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
  const dependency = /the dependency .* is missing in charts\/\..*$/s.exec(text);
  if (dependency !== null) {
    // Argo CD and Flux fetch dependencies themselves, so that many keep them out of Git: nothing is wrong, and nothing is known.
    return {
      rule: 'plumbline/not-rendered',
      severity: 'info',
      message: `The chart is not checked: ${tidy(dependency[0])}`,
    };
  }
  const remote = /failing loading "(https?:[^"]*)"/.exec(text);
  if (remote !== null) {
    const message = `The chart is not checked: its values.schema.json refers to ${remote[1]}, and nothing is fetched from a network here.`;
    return { rule: 'plumbline/not-rendered', severity: 'info', message };
  }
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

// ---- kustomize and Flux

/** What the texts of kustomize, of the engine that explains them, and of the substitution say. The first that fits names the rule. */
const buildRules: [text: RegExp, rule: string][] = [
  [/^Variable substitution failed/, 'flux/substitution-failed'],
  [
    /which none of the resources is|failed to find unique target for patch|no matches for Id/,
    'kustomize/missing-patch-target',
  ],
  [/a kustomization has no field|unknown field "/, 'kustomize/unknown-field'],
  [/has a value of the wrong type/, 'kustomize/wrong-type'],
  [/never uses the network/, 'kustomize/remote'],
  [
    /which does not exist|has no kustomization file|is expected$|no such file or directory|doesn't exist/,
    'kustomize/missing-file',
  ],
  [/more than one kustomization file/, 'kustomize/ambiguous'],
  [/cycle/, 'kustomize/cycle'],
  [/operation does not apply|json patch|jsonpatch/i, 'kustomize/bad-patch'],
  [/replacement/i, 'kustomize/bad-replacement'],
  [/already registered id|there twice|is defined twice|more than once/, 'kubernetes/duplicate-object'],
];

function buildVerdict(text: string): Verdict {
  const rule = buildRules.find(([pattern]) => pattern.test(text))?.[1] ?? 'kustomize/build-failed';
  return { rule, message: tidy(text) };
}

/** One paragraph, from a capital letter to a full stop. */
function tidy(text: string): string {
  const clean = text
    .replace(/^(?:Error: )+/, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
  const short = clean.length > 600 ? `${clean.slice(0, 600)} …` : clean;
  // A word that is a name keeps its first letter: `patches`, `apps/base`.
  const first = /^(?:a|an|the|this|no) /.test(short) ? short.charAt(0).toUpperCase() + short.slice(1) : short;
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}
