import { STATUS_CODES } from 'node:http';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { Extractor } from './extract.ts';
import type { Client, Fetched } from './fetched.ts';
import { allowHeaders } from './headers.ts';
import { isBinary, type Media, mediaOf } from './media.ts';
import type { Page, PageFacts } from './page.ts';
import type { PagePart, PartRequest } from './part.ts';
import { retryAfterMs } from './retry.ts';
import { formatFor } from './view.ts';

/** What is asked of a URL. */
export interface DocumentRequest extends PartRequest {
  readonly url: string;
  readonly accept?: string | undefined;
  /** Of the part that was read before. */
  readonly version?: string | undefined;
  readonly userInitiated?: boolean;
  /** Characters that the text form may have. */
  readonly maxChars: number;
  readonly signal: AbortSignal;
  /** As in the client. */
  readonly before?: (url: string) => Promise<void> | void;
}

/** A part of what stands at a URL, in the form that was asked for. Text in it is the page's words, but for `notes`, which are ours. */
export interface Document extends PageFacts, Pick<PagePart, 'content' | 'length' | 'startIndex' | 'nextIndex' | 'version' | 'extracted'> {
  readonly url: string;
  /** Where it came from, if redirects led to another URL. */
  readonly finalUrl?: string;
  readonly redirects: readonly { readonly status: number; readonly url: string }[];
  readonly status: number;
  readonly mediaType: string;
  readonly charset?: string;
  readonly kind: Page['kind'] | Media['kind'] | 'empty';
  /** Whether something is missing: more follows, or a limit has cut the page. */
  readonly truncated: boolean;
  /** Whether the page is another than the one whose version was given. */
  readonly changed?: true;
  /** Of the body, decompressed. */
  readonly bytes: number;
  readonly fromCache: boolean;
  /** Seconds, where a cache has told. */
  readonly age?: number;
  readonly notes: readonly string[];
}

/** A picture or sound, in base64. */
export interface Attachment extends Media {
  readonly data: string;
}

/** Room for the words around the content, URLs not counted. */
const ROOM_FOR_WORDS = 2_000;

const NOTHING = { content: '', length: 0, startIndex: 0, version: '', extracted: true };

/** HTML first: a page in Markdown has no outline. The same for all views but one, so that the second is answered by the cache. */
const ACCEPT = 'text/html, application/xhtml+xml, text/markdown;q=0.9, */*;q=0.8';
const ACCEPT_JSON = 'application/json, */*;q=0.1';

/**
 * Gets a URL and reads what it answers, whatever its status. What is a picture or a sound is handed to `attach`. Throws a ToolError for what is
 * refused, fails, or is nothing for a model.
 */
export async function readDocument(
  { client, extractor, attach }: { client: Client; extractor: Extractor; attach: (media: Attachment) => void },
  { url, view, section, start, maxLength, version, accept, maxChars, signal, ...how }: DocumentRequest,
): Promise<Document> {
  const wanted = allowHeaders({ accept: accept ?? (view === 'json' ? ACCEPT_JSON : ACCEPT) });
  const before = async (next: string) => {
    await how.before?.(next);
    extractor.prepare();
  };
  using fetched = await client.get(url, { ...how, ...wanted, signal, before });
  const { body } = fetched;
  const facts = factsOf(fetched);
  if (body.length === 0) return { ...facts, ...NOTHING, kind: 'empty' };
  const media = pictureOrSound(fetched);
  if (media !== undefined) {
    attach({ ...media, data: body.toString('base64') });
    return { ...facts, ...NOTHING, kind: media.kind, notes: [...facts.notes, `Attached: ${media.mimeType}, ${body.length} bytes.`] };
  }
  // An error is told as it comes.
  const shown = view === 'json' && fetched.status >= 400 ? 'markdown' : view;
  const room = Math.max(100, maxChars - ROOM_FOR_WORDS - facts.url.length - fetched.url.length);
  const part = { view: shown, section, start, maxLength: Math.min(maxLength, room) };
  const page = await extractor.extract(body, { ...bodyFacts(fetched), format: formatFor(shown) }, signal, part);
  const { outline: _outline, links: _links, ...read } = page;
  const changed = version !== undefined && version !== page.version;
  return {
    ...facts,
    ...read,
    truncated: page.truncated || page.nextIndex !== undefined,
    ...(changed ? { changed } : {}),
    notes: [...facts.notes, ...page.notes, ...(changed ? ['The page has changed since that version: start again at 0.'] : [])],
  };
}

/** For whom a picture or sound is no answer: throws `invalid_input`. */
export function refuseMedia({ mimeType }: Media): never {
  throw new ToolError('invalid_input', `The answer is no text: ${mimeType}.`, { hint: 'The tool fetch can show it.' });
}

/** What the reader of bodies must know of an answer. */
export function bodyFacts({ url, mediaType, charset, truncated }: Fetched) {
  return { url, mediaType: typeOf(mediaType), truncated, ...(charset === undefined ? {} : { charset }) };
}

function factsOf(fetched: Fetched) {
  const { status, mediaType, body, truncated, fromCache, age } = fetched;
  const url = fetched.redirects[0]?.from ?? fetched.url;
  return {
    url,
    ...(fetched.url === url ? {} : { finalUrl: fetched.url }),
    redirects: fetched.redirects.map((redirect) => ({ status: redirect.status, url: redirect.to })),
    status,
    mediaType: typeOf(mediaType),
    truncated,
    bytes: body.length,
    fromCache,
    ...(age === undefined ? {} : { age }),
    notes: notesOn(fetched),
  };
}

/** Our own sentences on how an answer came, where that is worth a word. */
export function notesOn(fetched: Pick<Fetched, 'status' | 'headers' | 'truncated' | 'incomplete' | 'body'>): string[] {
  const { status, truncated, incomplete, body } = fetched;
  const after = retryAfterMs(fetched);
  return [
    ...(status === 200 ? [] : [`Status ${`${status} ${STATUS_CODES[status] ?? ''}`.trim()}.`]),
    ...(status >= 400 && after !== undefined ? [`The host asks to wait ${Math.ceil(after / 1_000)} s.`] : []),
    ...(incomplete ? [`The host broke off after ${body.length} bytes: it is incomplete.`] : []),
    ...(truncated && !incomplete ? [`A limit has cut it after ${body.length} bytes.`] : []),
  ];
}

/** A host's type, where it is one as types are: it is told outside of the marks. */
export function typeOf(mediaType: string): string {
  return /^[a-z]+\/[\w.+-]{1,60}$/.test(mediaType) ? mediaType : '';
}

/** What the bytes are, whatever the host says, unless it says text and they may be. */
function pictureOrSound({ body, mediaType, charset, truncated }: Fetched): Media | undefined {
  if (mediaType.startsWith('text/') && !isBinary(body, charset)) return undefined;
  const media = mediaOf(body);
  if (media === undefined || !truncated) return media;
  throw new ToolError('too_large', `The ${media.kind} is larger than may be read.`, { hint: 'Give the user the link.' });
}
