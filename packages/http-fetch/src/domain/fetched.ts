import type { ResponseHeaders } from './headers.ts';
import type { Redirect } from './redirects.ts';

/** The methods that can be sent. CONNECT and TRACE are for intermediaries. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An answer, read as far as the limits allow. To be disposed of when its body has been read: a large one keeps others waiting. */
export interface Fetched extends Disposable {
  readonly status: number;
  /** Where the answer came from, after all redirects; the host in ASCII. */
  readonly url: string;
  readonly redirects: readonly Redirect[];
  readonly headers: ResponseHeaders;
  /** `text/html`, in lower case; empty if the host does not say. */
  readonly mediaType: string;
  /** As the Content-Type names it, unproven. */
  readonly charset: string | undefined;
  /** Decompressed. */
  readonly body: Buffer;
  /** Whether the body is not whole: a limit has cut it, or the connection ended. */
  readonly truncated: boolean;
  /** Whether it was the connection. */
  readonly incomplete: boolean;
  /** Bytes of the body as they came, compressed. */
  readonly wireBytes: number;
  /** Whether the body was had before; the host may have been asked if it still holds. */
  readonly fromCache: boolean;
  /** Seconds since the answer was made, where a cache has told. */
  readonly age?: number;
  readonly etag?: string;
  readonly lastModified?: string;
}

/** How a request is made. */
export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly accept?: string;
  /** Whether a person has asked for this very URL, which is told by the User-Agent. */
  readonly userInitiated?: boolean;
  /** Bytes of the body, if less than the setting. */
  readonly maxBytes?: number;
  /** Is called before each request, for the first URL and for each that a redirect leads to. What it throws ends the call. */
  readonly before?: (url: string) => Promise<void> | void;
}

/** What a request has beside, that does more than read. */
export interface SendOptions extends RequestOptions {
  readonly method: Method;
  /** Proven by `allowHeaders`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Every request of this server goes through it. */
export interface Client extends AsyncDisposable {
  /** Reads what stands at a URL. Throws a ToolError for all that is refused or fails; a status of any kind is an answer. */
  get(url: string, options: RequestOptions): Promise<Fetched>;
  /** Sends a request of any method. Only GET and HEAD follow redirects and are tried again. */
  send(url: string, options: SendOptions): Promise<Fetched>;
  /** Has the requests to a host (with its port, as `URL.host`) start so many milliseconds apart, 5,000 at most. */
  space(host: string, ms: number): void;
}
