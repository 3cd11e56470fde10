import { decodeEntities } from './entities.ts';
import { type Attributes, scan } from './html-scan.ts';
import { visibleText } from './invisible.ts';
import type { PageFacts } from './page.ts';

const MAX_FACT_CHARACTERS = 500;
const MAX_RAW_CHARACTERS = 4_096;
const MAX_JSON_LD_CHARACTERS = 256 * 1024;

/** Where each fact may stand, the best source first: names and properties of <meta>, `ld:` for JSON-LD, `tag:` for elements. */
const SOURCES: Readonly<Record<keyof PageFacts, readonly string[]>> = {
  title: ['og:title', 'ld:headline', 'twitter:title', 'tag:title', 'dc.title', 'ld:name'],
  description: ['description', 'og:description', 'ld:description', 'twitter:description', 'dc.description'],
  siteName: ['og:site_name', 'application-name'],
  language: ['tag:lang', 'content-language', 'ld:inLanguage', 'og:locale'],
  byline: ['ld:author', 'author', 'article:author', 'parsely-author', 'citation_author', 'dc.creator'],
  published: [
    'ld:datePublished',
    'article:published_time',
    'og:published_time',
    'date',
    'dc.date',
    'citation_publication_date',
    'citation_date',
    'datepublished',
  ],
  modified: ['ld:dateModified', 'article:modified_time', 'og:updated_time', 'last-modified', 'datemodified'],
  canonical: ['tag:canonical', 'og:url'],
};

/** Types of JSON-LD that speak of the page itself, not of its publisher or its way through the site. */
const OF_THE_PAGE =
  /Article|Posting|BlogPost|WebPage|Recipe|Event|Product|Report|Question|Course|Book|Movie|Dataset|HowTo|JobPosting|SoftwareApplication|VideoObject|Review/;

/** What a page says of itself, and the base of its links. `url` is where it came from. */
export function pageFacts(html: string, url: string): { facts: PageFacts; base: string } {
  const found = new Map<string, string>();
  const say = (source: string, value: string | undefined) => {
    const words = factOf(value);
    if (words !== '' && !found.has(source)) found.set(source, words);
  };
  let isJsonLd = false;
  for (const token of scan(html)) {
    if (token.kind === 'open') {
      isJsonLd = token.name === 'script' && token.attributes.get('type')?.toLowerCase() === 'application/ld+json';
      seeTag(token.name, token.attributes, say);
    } else if (token.kind === 'text' && token.within === 'title') say('tag:title', decodeEntities(token.text.slice(0, MAX_RAW_CHARACTERS)));
    else if (token.kind === 'text' && token.within === 'script' && isJsonLd) seeJsonLd(token.text, say);
  }
  const base = absolute(found.get('tag:base'), url) ?? url;
  return { facts: chosen(found, base), base };
}

type Say = (source: string, value: string | undefined) => void;

function seeTag(name: string, attributes: Attributes, say: Say): void {
  if (name === 'html') say('tag:lang', attributes.get('lang'));
  // Every link is made with it, so it has to be short.
  if (name === 'base' && (attributes.get('href')?.length ?? 0) < MAX_FACT_CHARACTERS) say('tag:base', attributes.get('href'));
  if (name === 'link' && attributes.get('rel')?.toLowerCase() === 'canonical') say('tag:canonical', attributes.get('href'));
  if (name !== 'meta') return;
  for (const key of ['property', 'name', 'http-equiv', 'itemprop']) {
    const source = attributes.get(key);
    if (source !== undefined) say(source.toLowerCase(), attributes.get('content'));
  }
}

function seeJsonLd(text: string, say: Say): void {
  if (text.length > MAX_JSON_LD_CHARACTERS) return;
  const nodes = jsonLdNodes(text);
  for (const node of nodes.filter((candidate) => OF_THE_PAGE.test(String(candidate['@type'])))) {
    for (const key of ['headline', 'name', 'description', 'inLanguage', 'datePublished', 'dateModified', 'author'])
      say(`ld:${key}`, nameOf(node[key]));
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

function jsonLdNodes(text: string): JsonObject[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Pages often write it wrong. Then it says nothing.
    return [];
  }
  return [parsed].flat().flatMap((top) => (isObject(top) ? [top, ...[top['@graph'] ?? []].flat().filter(isObject)] : []));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string, the name of a thing, or the names of some. */
function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value))
    return value
      .slice(0, 10)
      .flatMap((item) => (Array.isArray(item) ? [] : (nameOf(item) ?? [])))
      .join(', ');
  return isObject(value) && typeof value['name'] === 'string' ? value['name'] : undefined;
}

/** One line of at most 500 characters, as a person would see it. JSON-LD and <meta> hold entities that were escaped twice. */
function factOf(value: string | undefined): string {
  const line = visibleText(decodeEntities(value ?? ''))
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > MAX_FACT_CHARACTERS ? `${line.slice(0, MAX_FACT_CHARACTERS).toWellFormed()}…` : line;
}

function chosen(found: ReadonlyMap<string, string>, base: string): PageFacts {
  const facts = Object.entries(SOURCES).flatMap(([fact, sources]) => {
    const value = sources.map((source) => found.get(source)).find((words) => words !== undefined);
    const shown = fact === 'canonical' ? absolute(value, base) : value;
    return shown === undefined ? [] : [[fact, shown]];
  });
  return Object.fromEntries(facts);
}

/** The http(s) URL that a reference means, at most 2,048 characters; undefined where it means none. */
export function absolute(reference: string | undefined, base: string): string | undefined {
  if (reference === undefined || reference.length > 2_048) return undefined;
  const url = URL.parse(reference.trim(), base);
  if (url === null || !/^https?:$/.test(url.protocol) || url.href.length > 2_048) return undefined;
  return url.href;
}
