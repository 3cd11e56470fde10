import { abortable } from '@touchstone-mcp/core/abortable';
import { type ErrorCode, ToolError } from '@touchstone-mcp/core/errors';
import type { Client, Fetched } from './fetched.ts';
import { allowsPath, parseRobots, productOf, type RobotsRules } from './robots-rules.ts';

/** Bytes of a robots.txt that are read; RFC 9309, 2.5 asks for 500 KiB at least. */
const MAX_BYTES = 512 * 1024;
const TIMEOUT_MS = 5_000;

/** How long an answer is believed: RFC 9309, 2.4 allows a day. What could not be reached is asked for again soon. */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const UNREACHABLE_MS = 60_000;
const MAX_ORIGINS = 500;

const OVERRIDE = 'Tell the user, who can open the page, or start the server with --ignore-robots-txt.';

/** What the robots.txt of each origin says to this program (RFC 9309). */
export interface Robots {
  /**
   * Throws a ToolError where a URL may not be fetched: `denied` by the file, or by a server that fails at it; else the code of what kept us from
   * reading it. Fits `before` of the client.
   */
  check(url: string, signal: AbortSignal): Promise<void>;
}

/** Rules, or why the robots.txt is out of reach. */
type Found = RobotsRules | ToolError;

interface Known {
  readonly found: Promise<Found>;
  until: number;
}

/** Fetches each robots.txt through the client that fetches the pages. `userAgent` is the one whose product the files name. */
export function openRobots(client: Client, userAgent: string): Robots {
  const known = new Map<string, Known>();
  const product = productOf(userAgent);

  async function rulesOf(url: URL, signal: AbortSignal): Promise<Found> {
    const had = known.get(url.origin);
    if (had !== undefined && had.until > Date.now()) return await abortable(had.found, signal);
    known.delete(url.origin);
    for (const [oldest] of known) {
      if (known.size < MAX_ORIGINS) break;
      known.delete(oldest);
    }
    const { promise: found, resolve } = Promise.withResolvers<Found>();
    const entry = { found, until: Number.POSITIVE_INFINITY };
    known.set(url.origin, entry);
    // Others may wait for the same one: it does not end with the call that was first.
    void fetchRules(url, client, product).then((fetched) => {
      entry.until = Date.now() + fetched.forMs;
      resolve(fetched.found);
    });
    return await abortable(found, signal);
  }

  return {
    async check(given, signal) {
      const url = new URL(given);
      const rules = await rulesOf(url, signal);
      if (rules instanceof ToolError) throw rules;
      if (await allowsPath(rules, url)) return;
      throw new ToolError('denied', 'The robots.txt of this host asks programs to leave this URL alone.', { hint: OVERRIDE });
    },
  };
}

/** Never rejects: whatever fails is a file out of reach. */
async function fetchRules(url: URL, client: Client, product: string): Promise<{ found: Found; forMs: number }> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    using file = await client.get(`${url.origin}/robots.txt`, { signal, accept: 'text/plain, */*;q=0.1', maxBytes: MAX_BYTES });
    // 429 is no word on robots, and asks for less, not for more.
    if (file.status >= 500 || file.status === 429) return outOfReach(`the host answers with status ${file.status}.`, 'denied');
    // The lines that are missing may be those that say no.
    if (file.incomplete) return outOfReach('the host broke off in the middle of it.', 'unavailable');
    const found = file.status < 300 ? await parseRobots(textOf(file), product) : { rules: [], crawlDelay: undefined };
    if (found.crawlDelay !== undefined) client.space(url.host, found.crawlDelay * 1_000);
    return { found, forMs: lifetimeMs(file) };
  } catch (error) {
    if (error instanceof ToolError) return outOfReach(error.message, error.code, error);
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    return late ? outOfReach('the host did not answer in time.', 'timeout', error) : outOfReach('the server failed.', 'internal', error);
  }
}

/** RFC 9309, 2.3.1.4: then nothing may be fetched. */
function outOfReach(why: string, code: ErrorCode, cause?: unknown): { found: ToolError; forMs: number } {
  const message = `The robots.txt of this host cannot be read, so nothing of it may be fetched for now: ${why}`;
  return { found: new ToolError(code, message, { hint: OVERRIDE, cause }), forMs: UNREACHABLE_MS };
}

/** A line that was cut could say something else. */
function textOf({ body, truncated }: Fetched): string {
  const text = new TextDecoder().decode(body);
  return truncated ? text.slice(0, Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1) : text;
}

function lifetimeMs({ headers }: Fetched): number {
  const maxAge = /(?:^|[\s,])max-age=(\d{1,9})/.exec(headers.get('cache-control') ?? '')?.[1];
  return maxAge === undefined ? HOUR_MS : Math.min(Math.max(Number(maxAge) * 1_000, UNREACHABLE_MS), DAY_MS);
}
