// Batches over several workers of one engine: the first one answers a person's questions and takes part in batches; the others start only
// when much waits, use the code that the first one compiled, and end soon after.
import type { EngineHost } from './engineHost';

/** A piece of a batch: what to do on whichever host is free. Rejections are its own business. */
export type PooledWork = (host: EngineHost) => Promise<void>;

export interface EnginePoolOptions {
  first: EngineHost;
  /** Further hosts in the order in which they start. */
  more: readonly EngineHost[];
  /** True once a further host would find compiled code. */
  canShare: () => boolean;
  /** Pieces that must wait for each further host. */
  waitingPerHost: number;
}

export class EnginePool {
  private waiting: PooledWork[] = [];
  private readonly busy = new Set<EngineHost>();

  constructor(private readonly options: EnginePoolOptions) {}

  add(work: PooledWork): void {
    this.waiting.push(work);
    this.pump();
  }

  /** Hands waiting work to free hosts; also called when a further host has become possible. */
  pump(): void {
    const { first, more, canShare, waitingPerHost } = this.options;
    this.give(first);
    more.forEach((host, index) => {
      const wanted = host.status().running || (canShare() && this.waiting.length >= waitingPerHost * (index + 1));
      if (wanted) {
        this.give(host);
      }
    });
  }

  /** Lets a free host take the next piece; it asks again when that is done. */
  private give(host: EngineHost): void {
    if (this.busy.has(host)) {
      return;
    }
    const work = this.waiting.shift();
    if (work === undefined) {
      return;
    }
    this.busy.add(host);
    const done = (): void => {
      this.busy.delete(host);
      this.pump();
    };
    work(host).then(done, done);
  }
}
