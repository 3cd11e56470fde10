import { setImmediate } from 'node:timers/promises';

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

/** Characters that are read, and characters to look for times those of the path, before the thread that serves everybody does something else. */
const READ_AT_ONCE = 16_384;
const SEARCHED_AT_ONCE = 10_000_000;
/** What a rule costs whatever it says. */
const RULE_COST = 1_000;

/** Reads what a robots.txt says to a product token, or else to everybody. Whatever is no line of one is passed over. */
export async function parseRobots(text: string, product: string): Promise<RobotsRules> {
  const groups = await readGroups(text, [product.toLowerCase(), '*']);
  const own = groups.filter(({ agents }) => agents.includes(product.toLowerCase()));
  // Groups for the same program are one (2.2.1).
  const meant = own.length > 0 ? own : groups;
  return {
    rules: meant.flatMap(({ rules }) => rules),
    crawlDelay: meant.find(({ crawlDelay }) => crawlDelay !== undefined)?.crawlDelay,
  };
}

/** Whether the rules let a URL be fetched: the longest match says so, `allow` where two are alike, and nothing is everything (2.2.2). */
export async function allowsPath({ rules }: RobotsRules, url: URL): Promise<boolean> {
  const path = normalPath(url.pathname + url.search);
  if (path === '/robots.txt') return true;
  let best: Rule | undefined;
  let room = SEARCHED_AT_ONCE;
  for (const rule of rules) {
    const beats = best === undefined || rule.length > best.length || (rule.length === best.length && rule.allow);
    const isLikely = beats && path.startsWith(rule.parts[0] ?? '');
    room -= RULE_COST + (isLikely ? (rule.length - (rule.parts[0]?.length ?? 0)) * path.length : 0);
    if (room < 0) {
      await setImmediate();
      room = SEARCHED_AT_ONCE;
    }
    if (isLikely && matches(rule, path)) best = rule;
  }
  return best?.allow ?? true;
}

/** The groups for some of these agents. */
async function readGroups(text: string, wanted: readonly string[]): Promise<Group[]> {
  const reading: Reading = { wanted, groups: [], group: { agents: [], rules: [] }, naming: false };
  let pause = READ_AT_ONCE;
  for (const { 0: line, index } of text.replace(/^\ufeff/, '').matchAll(/[^\r\n]+/g)) {
    if (index > pause) {
      await setImmediate();
      pause = index + READ_AT_ONCE;
    }
    const [key, value] = readLine(line);
    if (key === 'user-agent') nameAgent(reading, productOf(value));
    else if (isRule(key)) {
      reading.naming = false;
      if (reading.group.agents.length > 0) addRule(reading.group, key, value);
    }
  }
  return reading.groups;
}

/** Where the reading of a file stands. */
interface Reading {
  readonly wanted: readonly string[];
  readonly groups: Group[];
  group: Group;
  naming: boolean;
}

/** Agents in a row share what follows; one after a rule begins anew. */
function nameAgent(reading: Reading, agent: string): void {
  if (!reading.naming) reading.group = { agents: [], rules: [] };
  reading.naming = true;
  if (!reading.wanted.includes(agent)) return;
  if (reading.group.agents.length === 0) reading.groups.push(reading.group);
  reading.group.agents.push(agent);
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
  return { allow, parts: normal.split('*'), anchored, length: normal.length + (anchored ? 1 : 0) };
}

/** Each part is looked for once, leftmost, and never again: no pattern makes it go back. */
function matches({ parts, anchored }: Rule, path: string): boolean {
  const [first = ''] = parts;
  if (!path.startsWith(first)) return false;
  if (parts.length === 1) return !anchored || path.length === first.length;
  let at = first.length;
  const searched = anchored ? parts.length - 1 : parts.length;
  for (let index = 1; index < searched; index += 1) {
    const part = parts[index] ?? '';
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  const last = parts.at(-1) ?? '';
  return !anchored || (path.length - last.length >= at && path.endsWith(last));
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
