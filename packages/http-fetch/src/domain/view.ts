import { ToolError } from '@touchstone-mcp/core/errors';
import { escapeLine } from './markdown-escape.ts';
import { findSection } from './outline.ts';
import type { Format, Heading, Page } from './page.ts';

/** The forms in which a page can be asked for. */
export const VIEWS = ['markdown', 'text', 'html', 'json', 'links', 'outline'] as const;

/** One of them, or what came, decoded. */
export type View = (typeof VIEWS)[number] | 'source';

/** The format in which a page must be read to be shown so. */
export function formatFor(view: View): Format {
  return view === 'links' || view === 'outline' ? 'markdown' : view;
}

const SECTIONED: readonly View[] = ['markdown', 'text', 'outline'];

/** What a page shows: all of it, or the section that is called so. Throws `not_found` where no heading, or more than one, fits. */
export function viewOf(page: Page, view: View, section: string | undefined): string {
  if (section === undefined) return view === 'links' ? linksOf(page) : view === 'outline' ? outlineOf(page.outline) : page.content;
  if (!SECTIONED.includes(view))
    throw new ToolError('invalid_input', `There are no sections in ${view}.`, { hint: `Ask for ${SECTIONED.join(', ')}.` });
  const found = findSection(page.outline, section);
  if (found === undefined) {
    throw new ToolError('not_found', `No heading, or more than one, is called ${JSON.stringify(section)}.`, {
      hint: 'Ask for format outline, and then for the section by its anchor.',
    });
  }
  const { start, end } = found;
  if (view === 'outline') return outlineOf(page.outline.filter((heading) => heading.start >= start && heading.end <= end));
  return page.content.slice(start, end).trimEnd();
}

/** The level, the text, and how to ask for the section and what it will cost. */
function outlineOf(outline: readonly Heading[]): string {
  return outline
    .map(({ level, text, anchor, start, end }) => `${'#'.repeat(level)} ${escapeLine(text)} (#${escapeLine(anchor)}, ${end - start})`)
    .join('\n');
}

function linksOf({ links }: Page): string {
  return links.map(({ text, url }) => `${url} ${text.replace(/\s+/g, ' ')}`.trimEnd()).join('\n');
}
