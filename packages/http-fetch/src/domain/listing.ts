import { escapeLine } from './markdown-escape.ts';
import { linkTo } from './markdown-inline.ts';
import { createOutline } from './outline.ts';
import type { Link, Page } from './page.ts';

/** One line of a list: a feed's article, a sitemap's page. */
export interface Entry {
  readonly title: string;
  readonly url: string | undefined;
  /** Dates, names: what is known, empty where it is not. */
  readonly facts: readonly string[];
  readonly summary: string;
}

const MAX_ENTRIES = 5_000;
const MAX_LINKS = 2_000;

/** Writes a list of links as Markdown. */
export function listing(
  title: string,
  description: string,
  entries: readonly Entry[],
): Pick<Page, 'title' | 'content' | 'outline' | 'links' | 'extracted' | 'truncated' | 'notes'> {
  const links: Link[] = [];
  const see = (link: Link) => {
    if (links.length < MAX_LINKS) links.push(link);
  };
  const shown = entries.slice(0, MAX_ENTRIES);
  const head = [`# ${escapeLine(title)}`, ...(description === '' ? [] : [escapeLine(description)])];
  const content = [...head, shown.map((entry) => line(entry, see)).join('\n')].join('\n\n').trimEnd();
  const outline = createOutline();
  outline.add(undefined, 1, title, 0);
  const truncated = entries.length > shown.length;
  const notes = truncated ? [`The first ${shown.length} of ${entries.length} entries are listed.`] : [];
  return { title, content, outline: outline.headings(content.length), links, extracted: true, truncated, notes };
}

function line({ title, url, facts, summary }: Entry, see: (link: Link) => void): string {
  const label = escapeLine(title || url || 'Untitled');
  const named = url === undefined ? label : linkTo(label, url, { plain: false, notes: new Map(), skip: () => false, see });
  const known = facts.filter((fact) => fact !== '').map(escapeLine);
  return `- ${named}${known.length === 0 ? '' : ` (${known.join(', ')})`}${summary === '' ? '' : `: ${escapeLine(summary)}`}`;
}
