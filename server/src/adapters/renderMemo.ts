// One rendering for everybody who asks for it at the same text: the preview and the check of an open file would otherwise render the same
// source twice after every keystroke, and wait for each other.
import { Cancelled, type FileTree, type RenderAnswer, type Renderer } from '../core/ports';

/** Renderings kept: what is open beside each other. */
const limit = 16;
/** A rendering is shared for so long: an editor that does not watch the disk sees a change there soon after all. */
const maxAgeMs = 2000;

/**
 * `generation` changes with every change of any file of `tree`: an answer is given again only for the very same files. Other trees, and
 * renderings that were cancelled or failed to run, are not remembered.
 */
export function rememberRenderings(renderer: Renderer, tree: FileTree, generation: () => number): Renderer {
  const known = new Map<string, { rendering: Promise<RenderAnswer>; at: number }>();
  let of: number | undefined;

  const ask: Renderer['render'] = (from, request, options) => {
    const id = JSON.stringify(request);
    const rendering = renderer.render(from, request, options);
    known.delete(id);
    known.set(id, { rendering, at: performance.now() });
    const [oldest] = known.keys();
    if (known.size > limit && oldest !== undefined) {
      known.delete(oldest);
    }
    rendering.catch(() => {
      if (known.get(id)?.rendering === rendering) {
        known.delete(id);
      }
    });
    return rendering;
  };

  return {
    async render(from, request, options) {
      if (from !== tree) {
        return renderer.render(from, request, options);
      }
      if (of !== generation()) {
        of = generation();
        known.clear();
      }
      const shared = known.get(JSON.stringify(request));
      if (shared === undefined || performance.now() - shared.at > maxAgeMs) {
        return ask(from, request, options);
      }
      try {
        return await shared.rendering;
      } catch (error) {
        // Whoever asked first no longer wants it; this one may.
        if (error instanceof Cancelled && options?.abort?.aborted !== true) {
          return ask(from, request, options);
        }
        throw error;
      }
    },
  };
}
