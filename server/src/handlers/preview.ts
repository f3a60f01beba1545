// The preview: what the document's source becomes, with the source line of every rendered line. A failing render keeps the last good
// text and says where it fails.
import { previewChanged, previewRequest, type PreviewParams, type PreviewResult } from '../core/protocol';
import type { Abort, Origin } from '../core/ports';
import { renderSource } from '../core/render/renderSource';
import type { Rendering } from '../core/render/rendering';
import type { Environment, Source } from '../core/workspace/source';
import { maskedText } from '../core/render/maskText';
import { sourceFor, type OpenRepository } from '../openRepository';
import { notify, on } from '../requests';
import type { Session } from '../session';

interface LastGood {
  result: PreviewResult;
  reads: ReadonlySet<string>;
}

export class Previews {
  /** By repository and source: the last text that rendered. */
  private readonly lastGood = new Map<string, LastGood>();
  private version = 0;

  constructor(private readonly session: Session) {
    on(session, previewRequest, (params, abort) => this.answer(params, abort));
  }

  /** A file changed: previews that read it, or that failed, are out of date. */
  changed(repository: OpenRepository, path: string): void {
    const prefix = repository.folder + '\0';
    const sources = [...this.lastGood]
      .filter(([key, good]) => key.startsWith(prefix) && (good.result.failure !== undefined || good.reads.has(path)))
      .map(([, good]) => good.result.source);
    if (sources.length > 0) {
      notify(this.session, previewChanged, { folder: repository.folder, sources });
    }
  }

  private async answer(params: PreviewParams, abort: Abort): Promise<PreviewResult | { none: string }> {
    const found = await this.find(params);
    if ('none' in found) {
      return found;
    }
    const { repository, source, environment } = found;
    if (source.render.tool === 'unsupported') {
      return { none: `${source.name} cannot be rendered: ${source.render.reason}` };
    }
    const key = `${repository.folder}\0${source.id}`;
    const rendering = await renderSource(
      source,
      repository.services.tree,
      environment,
      repository.services.renderPorts(),
      { origins: true, slot: `preview ${key}`, abort },
    );
    const last = this.lastGood.get(key);
    if (rendering.failure !== undefined) {
      const { message, path, line } = rendering.failure;
      const failure = {
        message,
        ...(path === undefined ? {} : { uri: repository.uriOf(path) }),
        ...(line === undefined ? {} : { line }),
      };
      const result: PreviewResult = {
        ...(last?.result ?? this.describe(source, environment, { text: '', uris: [], origins: [] })),
        failure,
        version: ++this.version,
      };
      this.lastGood.set(key, { result, reads: new Set([...(last?.reads ?? []), ...rendering.reads]) });
      return result;
    }
    const result = this.describe(source, environment, this.text(repository, rendering));
    this.lastGood.set(key, { result, reads: new Set([...rendering.reads, source.declared.path]) });
    return result;
  }

  private async find(
    params: PreviewParams,
  ): Promise<{ none: string } | { repository: OpenRepository; source: Source; environment: Environment | undefined }> {
    if (params.uri !== undefined) {
      const place = await this.session.placeOf(params.uri);
      if (place === undefined) {
        return { none: 'Only files on this machine can be previewed.' };
      }
      const workspace = await place.repository.workspace();
      const chosen = place.repository.environmentOf(workspace, this.session.settings.environment);
      const found = sourceFor(workspace, chosen, place.path);
      return found === undefined
        ? { none: `${place.path} is not part of any kustomization, chart or folder of manifests.` }
        : { repository: place.repository, ...found };
    }
    if (params.folder === undefined || params.source === undefined) {
      return { none: 'Nothing to preview: open a file of a source.' };
    }
    const repository = await this.session.byFolder(params.folder);
    const workspace = await repository.workspace();
    const source = workspace.sources.find((s) => s.id === params.source);
    if (source === undefined) {
      return { none: `${params.source} no longer exists in this repository.` };
    }
    const chosen = repository.environmentOf(workspace, this.session.settings.environment);
    const deploys = (e: Environment | undefined): boolean => e?.sources.includes(source.id) ?? false;
    return {
      repository,
      source,
      environment: deploys(chosen) ? chosen : workspace.environments.find(deploys),
    };
  }

  private describe(
    source: Source,
    environment: Environment | undefined,
    text: Pick<PreviewResult, 'text' | 'uris' | 'origins'>,
  ): PreviewResult {
    return {
      source: source.id,
      title: environment === undefined ? source.name : `${source.name} (${environment.name})`,
      ...(environment === undefined ? {} : { environment: environment.name }),
      ...text,
      version: ++this.version,
    };
  }

  /** The text to show, Secrets masked line by line so that every origin stays, and the origins as indices. */
  private text(repository: OpenRepository, rendering: Rendering): Pick<PreviewResult, 'text' | 'uris' | 'origins'> {
    const index = new Map<string, number>();
    const uris: string[] = [];
    const flat = ({ path, line, character }: Origin): number[] => {
      let at = index.get(path);
      if (at === undefined) {
        at = uris.push(repository.uriOf(path)) - 1;
        index.set(path, at);
      }
      return [at, line, character];
    };
    const origins = rendering.origins.map((line) => line.flatMap(flat));
    return { text: maskedText(rendering), uris, origins };
  }
}
