import { MIMEType } from 'node:util';
import { abortable } from '@touchstone-mcp/core/abortable';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { PublicAddress } from './address.ts';
import { createBodyRoom, type RoomClaim } from './body-room.ts';
import { Cache } from './cache.ts';
import { type ConnectionSettings, Connections } from './connections.ts';
import { ACCEPT_ENCODING, readBody } from './decode.ts';
import { codeOf, hostFailure, isBrokenOff } from './failures.ts';
import type { Client, Fetched, RequestOptions, SendOptions } from './fetched.ts';
import { ResponseHeaders } from './headers.ts';
import { MAX_INTERIM, MAX_PASSING_BYTES, usefulBytesOf } from './limits.ts';
import { MAX_WAIT_MS, Pace } from './pace.ts';
import { isRedirect, MAX_REDIRECTS, type Redirect, redirectOf, refusedRedirect } from './redirects.ts';
import { isHostDown, isPassing, retrying } from './retry.ts';
import { judgeTarget, type TargetRules } from './target.ts';
import { type AllowedUrl, allowUrl, type UrlRules } from './url.ts';

/** What `openClient` needs. */
export interface ClientSettings extends UrlRules, TargetRules, ConnectionSettings {
  readonly userAgents: { readonly autonomous: string; readonly userInitiated: string };
  /** What an operator has sent to an origin: `https://api.example.com` -> name -> value. */
  readonly originHeaders: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Bytes that the cache may hold; 0 for none. */
  readonly maxCacheBytes: number;
}

/** The guarded client. Nothing is connected until the first request. */
export function openClient(settings: ClientSettings): Client {
  return new GuardedClient(settings);
}

interface Call {
  readonly options: SendOptions;
  /** Of the caller, or of the deadline. */
  readonly signal: AbortSignal;
  readonly deadline: AbortSignal;
  readonly room: RoomClaim;
  /** The memory of what was read so far, redirects and failed tries included. */
  readonly bodies: Set<() => void>;
}

type Answer = Omit<Fetched, 'redirects' | typeof Symbol.dispose>;

class GuardedClient implements Client {
  readonly #settings: ClientSettings;
  readonly #connections: Connections;
  readonly #cache: Cache | undefined;
  readonly #pace = new Pace(isHostDown);
  readonly #room = createBodyRoom();

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.#connections = new Connections(settings);
    this.#cache = settings.maxCacheBytes > 0 ? new Cache(settings.maxCacheBytes) : undefined;
  }

  get(url: string, options: RequestOptions): Promise<Fetched> {
    return this.send(url, { ...options, method: 'GET' });
  }

  async send(url: string, options: SendOptions): Promise<Fetched> {
    const deadline = AbortSignal.timeout(this.#settings.limits.totalMs);
    const room = this.#room.claim();
    const bodies = new Set<() => void>();
    const call = { options, deadline, signal: AbortSignal.any([options.signal, deadline]), room, bodies };
    const release = () => {
      for (const giveBack of bodies) giveBack();
      room[Symbol.dispose]();
    };
    const first = allowUrl(url, this.#settings);
    try {
      return { ...(await this.#follow(first, call)), [Symbol.dispose]: release };
    } catch (error) {
      release();
      options.signal.throwIfAborted();
      if (!deadline.aborted || error instanceof ToolError) throw error;
      throw new ToolError('timeout', `${first.host} did not answer in time.`, { hint: 'Try again later, or another page.', cause: error });
    }
  }

  space(host: string, ms: number): void {
    this.#pace.space(host, ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections[Symbol.asyncDispose]();
  }

  async #follow(first: AllowedUrl, call: Call): Promise<Omit<Fetched, typeof Symbol.dispose>> {
    const { method, before } = call.options;
    const follows = method === 'GET' || method === 'HEAD';
    const redirects: Redirect[] = [];
    for (let url = first; ; ) {
      const addresses = await this.#judge(url, redirects, call);
      await before?.(url.href);
      // An operator's header is for those who ask for the host itself, not for a page that sends them there.
      const trusted = redirects.every(({ to }) => new URL(to).origin === first.origin);
      const answer = await this.#ask(url, addresses, trusted, call);
      const redirect = follows ? redirectOf(answer.status, answer.headers.get('location'), url) : undefined;
      if (redirect === undefined) return { ...answer, redirects };
      redirects.push(redirect);
      if (redirects.length > MAX_REDIRECTS) throw refusedRedirect(`is one of more than ${MAX_REDIRECTS} in a row`);
      url = this.#allowNext(redirect.to);
    }
  }

  #allowNext(url: string): AllowedUrl {
    try {
      return allowUrl(url, this.#settings);
    } catch (error) {
      throw refusedRedirect('leads where nothing may be fetched', error);
    }
  }

  async #judge(url: AllowedUrl, redirects: readonly Redirect[], { signal }: Call): Promise<PublicAddress[]> {
    try {
      return await judgeTarget(url, this.#settings, this.#settings.network, signal);
    } catch (error) {
      if (redirects.length === 0 || !(error instanceof ToolError) || error.code !== 'denied') throw error;
      throw refusedRedirect('leads where nothing may be fetched', error);
    }
  }

  /** Waits for the host's turn, each time anew: whoever waits to try again keeps nobody else from theirs. */
  async #ask(url: AllowedUrl, addresses: readonly PublicAddress[], trusted: boolean, call: Call): Promise<Answer> {
    const { method, signal } = call.options;
    const ask = () => this.#pace.run(url.host, signal, () => this.#exchange(url, addresses, trusted, call));
    if (method !== 'GET' && method !== 'HEAD') return await ask();
    const maxWaitMs = Math.min(MAX_WAIT_MS, this.#settings.limits.totalMs / 4);
    return await abortable(retrying(ask, call.signal, { maxWaitMs, onHold: (ms) => this.#pace.hold(url.host, ms) }), signal);
  }

  async #exchange(url: AllowedUrl, addresses: readonly PublicAddress[], trusted: boolean, call: Call): Promise<Answer> {
    const { method, body = null, maxBytes = Number.POSITIVE_INFINITY } = call.options;
    const headers = this.#headers(url, trusted, call.options);
    const seen: number[] = [];
    const pool = this.#connections.to(url.origin, addresses);
    const dispatcher = this.#cache?.before(pool, headers, (status) => seen.push(status)) ?? pool;
    const endedBy = (error: unknown) => {
      if (call.options.signal.aborted) return undefined;
      if (codeOf(error) === 'UND_ERR_BODY_TIMEOUT' || call.deadline.aborted) return 'limit';
      return isBrokenOff(error) ? 'connection' : undefined;
    };
    try {
      const request = { origin: url.origin, path: url.pathname + url.search, method, headers, body, signal: call.signal };
      const response = await dispatcher.request({ ...request, onInfo: interimCounter() });
      const received = new ResponseHeaders(response.headers);
      const goesOn = isRedirect(response.statusCode) || isPassing(response.statusCode);
      const cap = Math.min(this.#settings.limits.maxBytes, maxBytes, goesOn ? MAX_PASSING_BYTES : maxBytes);
      const usefulBytes = (start: Buffer) => usefulBytesOf(start, cap);
      const limits = { maxBytes: cap, usefulBytes, enter: () => call.room.enter(call.signal), endedBy };
      const { bytes, release, ...read } = await readBody(response.body, received.get('content-encoding') ?? '', limits);
      call.bodies.add(release);
      const fromCache = this.#cache !== undefined && isCached(seen, response.statusCode);
      return { ...factsOf(url, response.statusCode, received), ...read, body: bytes, fromCache };
    } catch (error) {
      call.signal.throwIfAborted();
      throw hostFailure(error, url.host);
    }
  }

  #headers(
    url: AllowedUrl,
    trusted: boolean,
    { accept = '*/*', userInitiated = false, headers = {} }: SendOptions,
  ): Record<string, string> {
    const { userAgents, originHeaders } = this.#settings;
    return {
      'user-agent': userInitiated ? userAgents.userInitiated : userAgents.autonomous,
      accept,
      'accept-encoding': ACCEPT_ENCODING,
      ...(trusted ? { ...headers, ...originHeaders.get(url.origin) } : {}),
    };
  }
}

/** A body that the wire has not brought came from the cache; a 304 that the cache has answered for is no 304 any more. */
function isCached(seen: readonly number[], status: number): boolean {
  const last = seen.at(-1);
  return last === undefined || (last === 304 && status !== 304);
}

function interimCounter(): () => void {
  let count = 0;
  return () => {
    count += 1;
    if (count > MAX_INTERIM) throw new ToolError('unavailable', 'The host sends interim answers without end.');
  };
}

function factsOf(url: AllowedUrl, status: number, headers: ResponseHeaders) {
  const type = mimeType(headers.get('content-type'));
  const [age, etag, lastModified] = [headers.get('age'), headers.get('etag'), headers.get('last-modified')];
  return {
    status,
    url: url.href,
    headers,
    mediaType: type?.essence ?? '',
    charset: type?.params.get('charset') ?? undefined,
    ...(age !== undefined && /^\d{1,9}$/.test(age) ? { age: Number(age) } : {}),
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
}

function mimeType(header: string | undefined): MIMEType | undefined {
  try {
    return header === undefined ? undefined : new MIMEType(header);
  } catch {
    // What cannot be read is as if it were not there; the bytes will tell.
    return undefined;
  }
}
