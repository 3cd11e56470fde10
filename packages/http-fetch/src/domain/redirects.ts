import { ToolError } from '@touchstone-mcp/core/errors';

/** One step from a URL to the next. */
export interface Redirect {
  readonly from: string;
  readonly to: string;
  readonly status: number;
}

/** Redirects that one request follows. */
export const MAX_REDIRECTS = 5;

const STATUSES = new Set([301, 302, 303, 307, 308]);

/** Whether a status is one that sends on. */
export function isRedirect(status: number): boolean {
  return STATUSES.has(status);
}

/** Where an answer sends whoever asked, or undefined where it does not. `Refresh` and what a page says of itself send nobody. */
export function redirectOf(status: number, location: string | undefined, from: URL): Redirect | undefined {
  if (!isRedirect(status) || location === undefined) return undefined;
  const to = URL.parse(location, from.href);
  if (to === null) throw refusedRedirect('leads to something that is no URL');
  // RFC 9110, 10.2.2: the fragment stays if the new URL has none.
  if (to.hash === '') to.hash = from.hash;
  if (from.protocol === 'https:' && to.protocol === 'http:') throw refusedRedirect('leads from https to http');
  return { from: from.href, to: to.href, status };
}

/** The refusal of a redirect: `why` says what is wrong with it, and nothing of where it leads. */
export function refusedRedirect(why: string, cause?: unknown): ToolError {
  return new ToolError('denied', `The page sends on to another URL, which may not be fetched: the redirect ${why}.`, {
    hint: 'Tell the user.',
    cause,
  });
}
