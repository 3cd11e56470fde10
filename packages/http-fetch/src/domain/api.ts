import { ToolError } from '@touchstone-mcp/core/errors';
import { type ApiRules, allowsApi, checkApi } from './api-rules.ts';
import { bodyFacts, notesOn, typeOf } from './document.ts';
import type { Extractor } from './extract.ts';
import type { Client, Fetched, Method } from './fetched.ts';
import { allowHeaders, type ResponseHeaders } from './headers.ts';
import { checkSelect } from './json-select.ts';
import { marked } from './page-text.ts';
import { refusedRedirect } from './redirects.ts';

/** What is asked of an API. */
export interface ApiRequest {
  readonly url: string;
  readonly method: Method;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON, a string as it is. */
  readonly body?: unknown;
  /** JSONPath of what is wanted of the answer. */
  readonly select?: string | undefined;
  readonly signal: AbortSignal;
  /** Characters that the text form may have. */
  readonly maxChars: number;
}

/** What an API has answered. Headers and content are its own words, `notes` are ours. */
export interface ApiAnswer {
  readonly url: string;
  readonly status: number;
  readonly mediaType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: string;
  /** Of the body, decompressed. */
  readonly bytes: number;
  /** Whether something is missing. */
  readonly truncated: boolean;
  readonly notes: readonly string[];
}

/** What a request needs. */
export interface ApiAccess {
  readonly client: Client;
  readonly extractor: Extractor;
  readonly rules: ApiRules;
}

const ACCEPT = 'application/json, */*;q=0.1';

/** Room for headers and notes. */
const ROOM_FOR_HEADERS = 6_000;

/**
 * Sends a request to a host that the rules name, its redirects included. Throws a ToolError for what is refused before anything is sent, and where
 * no answer came. An answer of any kind is returned: nobody shall send again what was carried out.
 */
export async function callApi({ client, extractor, rules }: ApiAccess, request: ApiRequest): Promise<ApiAnswer> {
  const { url, method, select, signal, maxChars } = request;
  checkApi(rules, url, method);
  if (select !== undefined) await checkSelect(select);
  const headers = { ...(typeof request.body === 'object' ? { 'content-type': 'application/json' } : {}), ...allowHeaders(request.headers) };
  const { accept = ACCEPT, ...others } = headers as Record<string, string>;
  const before = (next: string) => {
    if (!allowsApi(rules, next, method)) throw refusedRedirect('leads to what is no API of the operator’s');
  };
  using fetched = await client
    .send(url, { method, signal, accept, headers: others, ...bodyOf(request), before })
    .catch((error: unknown) => failed(error, method));
  const bytes = fetched.body.length;
  const maxLength = Math.max(200, maxChars - ROOM_FOR_HEADERS - fetched.url.length);
  const { content, notes, truncated } = await readAnswer(fetched, extractor, { select, maxLength, signal });
  return {
    url: fetched.url,
    status: fetched.status,
    mediaType: typeOf(fetched.mediaType),
    headers: shownHeaders(fetched.headers),
    content,
    bytes,
    truncated,
    notes: [...notesOn(fetched), ...notes],
  };
}

/** The text form: our words, then those of the host between marks that it cannot know. */
export function apiText({ url, notes, headers, content }: ApiAnswer): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const words = [lines.join('\n'), content].filter((part) => part !== '').join('\n\n');
  return [`Answer of ${url}:`, ...(notes.length === 0 ? [] : [`[${notes.join(' ')}]`]), ...(words === '' ? [] : [marked(words)])].join(
    '\n',
  );
}

function bodyOf({ method, body }: ApiRequest): { body?: string } {
  if (body === undefined) return {};
  if (method === 'GET' || method === 'HEAD')
    throw new ToolError('invalid_input', `${method} has no body.`, { hint: 'Put it into the URL.' });
  return { body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** After a request that changes something, "try again" is the wrong advice. */
function failed(error: unknown, method: Method): never {
  if (!(error instanceof ToolError) || method === 'GET' || method === 'HEAD' || !error.retryable) throw error;
  throw new ToolError(error.code, error.message, { hint: 'It may have been carried out: look before you send it again.', cause: error });
}

type Reading = Pick<ApiAnswer, 'content' | 'notes' | 'truncated'>;

/** How an answer is read. */
interface How {
  readonly select: string | undefined;
  readonly maxLength: number;
  readonly signal: AbortSignal;
}

async function readAnswer(fetched: Fetched, extractor: Extractor, how: How): Promise<Reading> {
  if (fetched.body.length === 0) return { content: '', notes: [], truncated: fetched.truncated };
  const { select, maxLength, signal } = how;
  const form = select === undefined ? { format: 'text' as const } : { format: 'json' as const, select };
  try {
    const part = { view: form.format, start: 0, maxLength };
    const { content, notes, truncated, length, nextIndex } = await extractor.extract(
      fetched.body,
      { ...bodyFacts(fetched), ...form },
      signal,
      part,
    );
    if (nextIndex === undefined) return { content, notes, truncated };
    const more = `These are ${content.length} of ${length} characters: narrow it down with select.`;
    return { content, notes: [...notes, more], truncated: true };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (select === undefined) return { content: '', notes: [error.message], truncated: true };
    const whole = await readAnswer(fetched, extractor, { ...how, select: undefined });
    return { ...whole, notes: [`Nothing was selected: ${error.message}`, ...whole.notes] };
  }
}

/** What tells of the resource, of pages and of limits. Cookies and the like are nobody's business. */
const SHOWN =
  /^(?:location|etag|last-modified|link|allow|retry-after|content-range|content-language|warning|deprecation|sunset|(?:x-)?ratelimit[a-z-]*|x-total(?:-count|-pages)?|(?:x-)?request-id)$/;

function shownHeaders(headers: ResponseHeaders): Record<string, string> {
  const shown = [...headers.entries()].filter(([name]) => SHOWN.test(name)).slice(0, 20);
  return Object.fromEntries(shown.map(([name, value]) => [name, value.slice(0, 1_000)]));
}
