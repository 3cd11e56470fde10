/** What a robots.txt says to one program (RFC 9309). */
export interface RobotsRules {
  readonly rules: readonly Rule[];
  /** Seconds between requests, by the usual extension. */
  readonly crawlDelay: number | undefined;
}

interface Rule {
  readonly allow: boolean;
  /** The pattern between its stars, percent-encoding made one. */
  readonly parts: readonly string[];
  /** Whether it ends in `$`. */
  readonly anchored: boolean;
  /** By which the longest match is told. */
  readonly length: number;
}

interface Group {
  readonly agents: string[];
  readonly rules: Rule[];
  crawlDelay?: number;
}

/** Rules beyond are as if the file had ended there. */
const MAX_RULES = 5_000;

/** Stars that a pattern may have; of more, what comes before them counts. */
const MAX_STARS = 50;

/** Characters to look for, times those of the path, in one check: about 30 ms of the thread that serves everybody. A file that takes more allows nothing. */
const MAX_SEARCH = 100_000_000;

/** Reads what a robots.txt says to a product token, or else to everybody. Whatever is no line of one is passed over. */
export function parseRobots(text: string, product: string): RobotsRules {
  const groups = readGroups(text);
  const own = groups.filter(({ agents }) => agents.includes(product.toLowerCase()));
  // Groups for the same program are one (2.2.1).
  const meant = own.length > 0 ? own : groups.filter(({ agents }) => agents.includes('*'));
  return {
    rules: meant.flatMap(({ rules }) => rules),
    crawlDelay: meant.find(({ crawlDelay }) => crawlDelay !== undefined)?.crawlDelay,
  };
}

/** Whether the rules let a URL be fetched: the longest match says so, `allow` where two are alike, and nothing is everything (2.2.2). */
export function allowsPath({ rules }: RobotsRules, url: URL): boolean {
  const path = normalPath(url.pathname + url.search);
  if (path === '/robots.txt') return true;
  let best: Rule | undefined;
  let room = MAX_SEARCH;
  for (const rule of rules) {
    const beats = best === undefined || rule.length > best.length || (rule.length === best.length && rule.allow);
    if (!beats || !path.startsWith(rule.parts[0] ?? '')) continue;
    room -= (rule.length - (rule.parts[0]?.length ?? 0)) * path.length;
    if (room < 0) return false;
    if (matches(rule, path)) best = rule;
  }
  return best?.allow ?? true;
}

function readGroups(text: string): Group[] {
  const groups: Group[] = [];
  let naming = false;
  let room = MAX_RULES;
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    const [key, value] = readLine(line);
    if (key === 'user-agent') {
      // Agents in a row share what follows; one after a rule begins anew.
      if (!naming) groups.push({ agents: [], rules: [] });
      groups.at(-1)?.agents.push(productOf(value));
      naming = true;
    } else if (isRule(key)) {
      naming = false;
      const group = groups.at(-1);
      if (group !== undefined && room-- > 0) addRule(group, key, value);
    }
  }
  return groups;
}

type RuleKey = 'allow' | 'disallow' | 'crawl-delay';

function isRule(key: string): key is RuleKey {
  return key === 'allow' || key === 'disallow' || key === 'crawl-delay';
}

function addRule(group: Group, key: RuleKey, value: string): void {
  if (key !== 'crawl-delay') {
    if (value !== '') group.rules.push(toRule(key === 'allow', value));
  } else if (/^\d{1,6}(\.\d{1,3})?$/.test(value)) {
    group.crawlDelay ??= Number(value);
  }
}

function readLine(line: string): readonly [key: string, value: string] {
  const comment = line.indexOf('#');
  const bare = comment < 0 ? line : line.slice(0, comment);
  const colon = bare.indexOf(':');
  return colon < 0 ? ['', ''] : [bare.slice(0, colon).trim().toLowerCase(), bare.slice(colon + 1).trim()];
}

/** `Touchstone/1.0 (...)` -> `touchstone`: what a robots.txt calls a program (2.2.1). */
export function productOf(userAgent: string): string {
  return userAgent === '*' ? '*' : (/^[a-z_-]*/i.exec(userAgent)?.[0] ?? '').toLowerCase();
}

function toRule(allow: boolean, pattern: string): Rule {
  const anchored = pattern.endsWith('$');
  const normal = normalPath(anchored ? pattern.slice(0, -1) : pattern).replace(/\*{2,}/g, '*');
  const parts = normal.split('*', MAX_STARS + 2);
  const isCut = parts.length > MAX_STARS + 1;
  return { allow, parts: parts.slice(0, MAX_STARS + 1), anchored: anchored && !isCut, length: normal.length + (anchored ? 1 : 0) };
}

/** Each part is looked for once, leftmost, and never again: no pattern makes it go back. */
function matches({ parts, anchored }: Rule, path: string): boolean {
  const [first = '', ...rest] = parts;
  if (!path.startsWith(first)) return false;
  if (rest.length === 0) return !anchored || path.length === first.length;
  let at = first.length;
  const last = anchored ? rest.pop() : undefined;
  for (const part of rest) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return last === undefined || (path.length - last.length >= at && path.endsWith(last));
}

/** Makes the ways of writing one path the same: what need not be encoded is not, everything else is, in capitals (2.2.2). */
function normalPath(path: string): string {
  return path
    .replace(/[^\x21-\x7e]+/g, (run) => encodeURIComponent(run.toWellFormed()))
    .replace(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return /[a-z0-9._~-]/i.test(character) ? character : whole.toUpperCase();
    });
}
