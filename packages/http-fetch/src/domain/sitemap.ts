import { listing } from './listing.ts';
import type { Page } from './page.ts';
import { absolute } from './page-facts.ts';
import { child, children, textOf } from './xml.ts';

/** Reads a sitemap, or an index of sitemaps, as a list of addresses; undefined where a document is neither. */
export function readSitemap(xml: unknown, url: string): Page | undefined {
  const pages = child(xml, 'urlset');
  const maps = child(xml, 'sitemapindex');
  if (pages === undefined && maps === undefined) return undefined;
  const entries = [...children(pages, 'url'), ...children(maps, 'sitemap')].map((entry) => {
    const location = absolute(textOf(entry, 'loc') || undefined, url);
    return { title: location ?? textOf(entry, 'loc'), url: location, facts: [textOf(entry, 'lastmod')], summary: '' };
  });
  return { kind: 'sitemap', ...listing(pages === undefined ? 'Sitemap index' : 'Sitemap', '', entries) };
}
