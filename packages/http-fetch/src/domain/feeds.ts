import { startOf } from './charset.ts';
import { plainText } from './html-plain.ts';
import { visibleText } from './invisible.ts';
import { type Entry, listing } from './listing.ts';
import type { Page } from './page.ts';
import { absolute } from './page-facts.ts';
import { child, children, isElement, markupOf, textOf } from './xml.ts';

const MAX_SUMMARY_CHARACTERS = 300;

/** Reads RSS 2.0, RDF or Atom as a list of entries; undefined where a document is none of them. */
export function readFeed(xml: unknown, url: string): Page | undefined {
  const rss = child(child(xml, 'rss'), 'channel');
  if (rss !== undefined)
    return feedPage(
      rss,
      children(rss, 'item').map((item) => rssEntry(item, url)),
    );
  const rdf = child(xml, 'RDF');
  if (child(rdf, 'channel') !== undefined)
    return feedPage(
      child(rdf, 'channel'),
      children(rdf, 'item').map((item) => rssEntry(item, url)),
    );
  const atom = child(xml, 'feed');
  if (atom === undefined) return undefined;
  const entries = children(atom, 'entry').map((entry) => atomEntry(entry, url));
  return feedPage(atom, entries, atomTitle(atom));
}

/** Reads a JSON Feed as a list of entries; undefined where a document is none. */
export function readJsonFeed(feed: unknown, url: string): Page | undefined {
  if (!isElement(feed) || !String(feed['version']).startsWith('https://jsonfeed.org/version/')) return undefined;
  return feedPage(
    feed,
    children(feed, 'items').map((item) => jsonEntry(item, url)),
  );
}

function feedPage(feed: unknown, entries: readonly Entry[], title = textOf(feed, 'title')): Page {
  const description = textOf(feed, 'description', 'subtitle');
  const language = textOf(feed, 'language') || textOf(feed, '@lang');
  const modified = textOf(feed, 'lastBuildDate', 'updated', 'pubDate', 'date');
  return {
    kind: 'feed',
    ...listing(title || 'Untitled feed', description, entries),
    ...(description === '' ? {} : { description: startOf(description, MAX_SUMMARY_CHARACTERS) }),
    ...(language === '' ? {} : { language }),
    ...(modified === '' ? {} : { modified }),
  };
}

function rssEntry(item: unknown, base: string): Entry {
  const permalink = child(item, 'guid');
  const link =
    textOf(item, 'link', '@about') || (isElement(permalink) && permalink['@isPermaLink'] === 'false' ? '' : textOf(item, 'guid'));
  return {
    title: textOf(item, 'title'),
    url: absolute(link || undefined, base),
    facts: [textOf(item, 'pubDate', 'date'), textOf(item, 'creator', 'author')],
    summary: summaryOf(markupOf(item, 'description', 'encoded')),
  };
}

function atomEntry(entry: unknown, base: string): Entry {
  const links = children(entry, 'link');
  const link = links.find((candidate) => ['', 'alternate'].includes(textOf(candidate, '@rel'))) ?? links[0];
  return {
    title: atomTitle(entry),
    url: absolute(textOf(link, '@href') || undefined, base),
    facts: [textOf(entry, 'published', 'updated'), textOf(child(entry, 'author'), 'name')],
    summary: summaryOf(markupOf(entry, 'summary', 'content')),
  };
}

/** Text, unless it says that it is HTML (RFC 4287, 3.1.1). */
function atomTitle(parent: unknown): string {
  const isMarkup = /html$/.test(textOf(child(parent, 'title'), '@type'));
  return isMarkup ? markupText(markupOf(parent, 'title')) : textOf(parent, 'title');
}

function jsonEntry(item: unknown, base: string): Entry {
  const [author] = [...children(item, 'authors'), ...children(item, 'author')];
  return {
    title: textOf(item, 'title'),
    url: absolute(textOf(item, 'url', 'external_url') || undefined, base),
    facts: [textOf(item, 'date_published', 'date_modified'), textOf(author, 'name')],
    summary: summaryOf(markupOf(item, 'summary', 'content_html', 'content_text')),
  };
}

function summaryOf(markup: string): string {
  const text = markupText(markup);
  return text.length > MAX_SUMMARY_CHARACTERS ? `${startOf(text, MAX_SUMMARY_CHARACTERS)}…` : text;
}

function markupText(markup: string): string {
  const limits = { maxElements: 2_000, maxCharacters: 20_000 };
  return visibleText(plainText(markup, limits, { truncated: false, hidden: 0 })).replace(/\s+/g, ' ');
}
