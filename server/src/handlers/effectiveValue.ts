// Hover: what a field becomes in the chosen environment. The rendering is the one that the check and the preview made a moment ago, or
// a new one that is given up when it takes longer than a hover may.
import { renderSource } from '../core/render/renderSource';
import { effectiveValue } from '../core/render/effectiveValue';
import { sourceFor } from '../openRepository';
import type { Session } from '../session';
import type { HoverProvider } from './hover';

/** Milliseconds that a person waits for a hover without wondering. */
const patience = 400;

export function effectiveValueHover(session: Session): HoverProvider {
  return async ({ repository, workspace, path, role, document, yaml, offset }, abort) => {
    const chosen = repository.environmentOf(workspace, session.settings.environment);
    const found = role === 'manifest' ? sourceFor(workspace, chosen, path) : undefined;
    const tool = found?.source.render.tool;
    if (found === undefined || (tool !== 'kustomize' && tool !== 'helm')) {
      return undefined;
    }
    const { source, environment } = found;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), patience);
    abort.addEventListener('abort', () => limit.abort());
    try {
      const rendering = await renderSource(
        source,
        repository.services.tree,
        environment,
        repository.services.renderPorts(),
        {
          origins: true,
          slot: 'hover',
          abort: limit.signal,
        },
      );
      const effective = effectiveValue(rendering, path, document.parsed, yaml, offset);
      if (effective === undefined) {
        return undefined;
      }
      const by = effective.origins[0];
      const link =
        by === undefined ? '' : ` · [${by.path}:${by.line + 1}](${repository.uriOf(by.path)}#L${by.line + 1})`;
      const fence = effective.value.includes('`') ? '``' : '`';
      return { markdown: `In **${environment?.name ?? source.name}**: ${fence} ${effective.value} ${fence}${link}` };
    } catch {
      // Too slow for now, or not to be rendered: the check says why.
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  };
}
