import type { IncomingHttpHeaders } from 'node:http';
import { Writable } from 'node:stream';
import { cacheStores, type Dispatcher, interceptors } from 'undici';

type Store = InstanceType<typeof cacheStores.MemoryCacheStore>;

const MAX_ENTRIES = 1_000;

/** Answers that may be used again (RFC 9111), private to this process and bounded in memory. */
export class Cache {
  readonly #store: Store;

  constructor(maxBytes: number) {
    this.#store = new cacheStores.MemoryCacheStore({
      maxCount: MAX_ENTRIES,
      maxSize: maxBytes,
      maxEntrySize: Math.ceil(maxBytes / 4),
    });
  }

  /**
   * A dispatcher that asks the cache first. `sent` are the headers of the request: an answer is for requests with the same ones, whether it
   * says so with Vary or not, so that what one credential was given is never another's. `onAnswer` hears what came over the wire.
   */
  before(dispatcher: Dispatcher, sent: Readonly<Record<string, string>>, onAnswer: (status: number) => void): Dispatcher {
    const store = variants(this.#store, JSON.stringify(sent));
    return dispatcher.compose(tap(onAnswer), interceptors.cache({ store, type: 'private', methods: ['GET'] }));
  }
}

/** Tells the status of each answer that came over the wire. */
function tap(onAnswer: (status: number) => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, status, headers, socket) => handler.onRequestUpgrade?.(controller, status, headers, socket),
      onResponseStart(controller, status, headers, text) {
        if (status >= 200) onAnswer(status);
        handler.onResponseStart?.(controller, status, status === 304 ? asAsked(headers, options.headers) : headers, text);
      },
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    });
}

/**
 * The headers of a 304 with the validator that was asked with, where both differ in strength only: nginx gives a page that it compresses a weak one,
 * and answers with the strong one of its file, which undici takes for another page's.
 */
function asAsked(headers: IncomingHttpHeaders, sent: Dispatcher.DispatchOptions['headers']): IncomingHttpHeaders {
  const asked = sent !== null && typeof sent === 'object' && 'if-none-match' in sent ? sent['if-none-match'] : undefined;
  return typeof asked === 'string' && asked === `W/${headers.etag}` ? { ...headers, etag: asked } : headers;
}

/** No header can have this name: it stands for all of them. */
const ALL_SENT = '(sent)';

/** A store as requests with the same headers see it: its answers vary by all of them. What is deleted is gone for everybody. */
function variants(store: Store, sent: string) {
  const withSent = <Key extends { headers?: Record<string, string | string[]> }>(key: Key): Key => ({
    ...key,
    headers: { ...key.headers, [ALL_SENT]: sent },
  });
  return {
    get: (...[key]: Parameters<Store['get']>) => asFound(store.get(withSent(key))),
    createWriteStream: (...[key, value]: Parameters<Store['createWriteStream']>) =>
      gathered(store.createWriteStream(withSent(key), { ...value, vary: { ...value.vary, [ALL_SENT]: sent } })),
    delete: (...[key]: Parameters<Store['delete']>) => store.delete(key),
  };
}

/** Bytes that are kept as one. */
const PIECE_BYTES = 16_384;

/** Writes larger pieces: what comes byte by byte would be kept as millions of buffers, of which the store counts the bytes alone. */
function gathered(store: Writable | undefined): Writable | undefined {
  if (store === undefined) return undefined;
  let pieces: Buffer[] = [];
  let size = 0;
  const flush = () => {
    if (size > 0) store.write(Buffer.concat(pieces));
    pieces = [];
    size = 0;
  };
  return new Writable({
    // It takes all at once. A pause of its own would end with a start that undoes the pause of who reads the answer, too.
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece);
      size += piece.length;
      if (size >= PIECE_BYTES) flush();
      done(store.destroyed ? new Error('more than the store takes') : null);
    },
    final(done) {
      flush();
      store.end(done);
    },
    destroy(error, done) {
      if (error !== null || !store.writableEnded) store.destroy();
      done(error);
    },
  });
}

function asFound(found: ReturnType<Store['get']>): ReturnType<Store['get']> {
  if (found === undefined || found instanceof Promise) return found;
  // What may be served stale is revalidated in the background: a request that no call has asked for, and that no deadline ends.
  const { 'stale-while-revalidate': _background, ...cacheControlDirectives } = found.cacheControlDirectives;
  // Revalidation sends every header that the answer varies by.
  const { [ALL_SENT]: _all, ...vary } = found.vary ?? {};
  return { ...found, cacheControlDirectives, vary };
}
