import { ToolError, toToolError } from './errors.ts';
import { type Environment, observe, type RequestFacts, runBounded } from './request.ts';
import type { FoundResource, Resources } from './resources.ts';

/** Ends a subscription. Calling it again does nothing. */
export type Release = () => void;

/** URIs that are watched at the same time, for one connection over stdio, for all clients over HTTP. */
export const MAX_WATCHED = 256;

/** Shortest time between two notifications of one URI: a file that is written all day must not fill a client's inbox. */
const PAUSE_MS = 200;

/** What a watch needs of the request that it begins with. */
export type WatchRequest = Pick<RequestFacts, 'signal' | 'progress' | 'borrow'>;

interface Watched {
  users: number;
  life: AbortController;
  ready: Promise<void>;
}

/** The resources that somebody has subscribed to, each watched once, however many they are. */
export class Watches {
  readonly #resources: Resources;
  readonly #env: Environment;
  readonly #notify: (uri: string) => void;
  readonly #watched = new Map<string, Watched>();
  #closed = false;

  constructor(resources: Resources, env: Environment, notify: (uri: string) => void) {
    this.#resources = resources;
    this.#env = env;
    this.#notify = notify;
  }

  /** Subscribes to one URI (2025). Throws ToolError. */
  async subscribe(uri: string, request: RequestFacts): Promise<Release> {
    const found = this.#resources.find(uri);
    return await observe({ method: 'resources/subscribe', resource: found.literal.name }, request, this.#env, async () => {
      await this.#env.rateLimit(request.caller);
      return await this.#add(uri, request);
    });
  }

  /** Subscribes to those of the URIs that can be watched (2026): only they may be acknowledged. */
  async listen(uris: readonly string[], request: RequestFacts): Promise<{ uris: string[]; release: Release }> {
    const releases = new Map<string, Release>();
    await observe({ method: 'subscriptions/listen' }, request, this.#env, async () => {
      await this.#env.rateLimit(request.caller);
      // What is left of an endless list is not even looked at.
      for (const uri of new Set(uris.slice(0, MAX_WATCHED))) {
        const release = await this.#add(uri, request).catch((error) => this.#env.log.debug({ err: error }, 'not watched'));
        if (release !== undefined) releases.set(uri, release);
      }
    }).catch((error) => this.#env.log.debug({ err: toToolError(error) }, 'not listening'));
    const release = () => {
      for (const end of releases.values()) end();
    };
    return { uris: [...releases.keys()], release };
  }

  /** Whether changes of this URI are being told. */
  has(uri: string): boolean {
    return this.#watched.has(uri);
  }

  /**
   * Begins every watch again with what its connection may see by now. What it may not see any more is no longer watched, which its client is
   * told as a change: reading or subscribing again says why.
   */
  async renew(request: WatchRequest): Promise<void> {
    await Promise.all(
      [...this.#watched].map(async ([uri, watched]) => {
        const before = watched.life;
        const { life, ready } = Object.assign(watched, this.#watch(uri, request));
        await ready.catch((error) => {
          life.abort();
          // Another renewal may have begun meanwhile, or the subscription ended: then nothing is lost.
          if (watched.life !== life || this.#watched.get(uri) !== watched) return;
          this.#env.log.info({ err: error }, 'no longer watched');
          this.#watched.delete(uri);
          this.#notify(uri);
        });
        // Only now: no change goes unheard in between. Who is just subscribing hears why it was in vain.
        before.abort(new ToolError('unavailable', 'The roots have changed.', { hint: 'Subscribe again.' }));
      }),
    );
  }

  /** Ends everything, and begins nothing more. */
  close(): void {
    this.#closed = true;
    for (const { life } of this.#watched.values()) life.abort();
    this.#watched.clear();
  }

  async #add(uri: string, request: RequestFacts): Promise<Release> {
    const watched = this.#watched.get(uri) ?? this.#begin(uri, request);
    watched.users++;
    let held = true;
    const release = () => {
      if (held) watched.users--;
      held = false;
      if (watched.users > 0) return;
      watched.life.abort();
      if (this.#watched.get(uri) === watched) this.#watched.delete(uri);
    };
    await watched.ready.catch((error) => {
      release();
      throw error;
    });
    return release;
  }

  #begin(uri: string, request: WatchRequest): Watched {
    if (this.#closed) throw new ToolError('unavailable', 'The connection has ended.');
    if (this.#watched.size >= MAX_WATCHED)
      throw new ToolError('rate_limited', `Only ${MAX_WATCHED} resources can be subscribed to at once.`);
    const watched = { users: 0, ...this.#watch(uri, request) };
    this.#watched.set(uri, watched);
    return watched;
  }

  #watch(uri: string, request: WatchRequest): Pick<Watched, 'life' | 'ready'> {
    const { literal, variables }: FoundResource = this.#resources.find(uri);
    const { watch } = literal;
    if (watch === undefined) throw new ToolError('denied', 'This resource cannot be subscribed to.');
    const life = new AbortController();
    const { signal } = life;
    const changed = spaced(() => this.#notify(uri), signal);
    const ready = runBounded(request, this.#env, (context) => watch(variables as never, changed, { ...context, signal }));
    return { life, ready };
  }
}

/** The first change is told at once, those that follow soon after it together. */
function spaced(tell: () => void, signal: AbortSignal): () => void {
  let pausing = false;
  let changedAgain = false;
  const changed = () => {
    if (signal.aborted) return;
    changedAgain = pausing;
    if (pausing) return;
    pausing = true;
    setTimeout(() => {
      pausing = false;
      if (changedAgain) changed();
    }, PAUSE_MS).unref();
    tell();
  };
  return changed;
}
