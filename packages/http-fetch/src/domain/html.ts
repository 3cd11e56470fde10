import { plainText, trimmedLines } from './html-plain.ts';
import { type Sifted, type Sifting, type SiftLimits, sift } from './html-sift.ts';
import { mainContent } from './main-content.ts';
import { type ConvertOptions, toMarkdown } from './markdown.ts';
import { escapeMarkup, type MarkupElement, writeMarkup } from './markup.ts';
import type { Format, Page } from './page.ts';
import { pageFacts } from './page-facts.ts';

/** What a tree is made of, so that it stays within about 14 MiB. */
const TREE_LIMITS: SiftLimits = { maxElements: 20_000, maxCharacters: 720_000 };

/** What text alone is made of: nothing is kept but the text. */
const TEXT_LIMITS: SiftLimits = { maxElements: Number.POSITIVE_INFINITY, maxCharacters: 1_000_000 };

const MIN_TREE_CHARACTERS = 1_000;

/** Reads a page: its content as Markdown, text or clean HTML, and what it says of itself. */
export function readHtml(html: string, url: string, format: Exclude<Format, 'json' | 'source'>): Page {
  const report: Sifting = { truncated: false, hidden: 0 };
  const { facts, base } = pageFacts(html, url);
  const counted = { elements: 0 };
  const markup = writeMarkup(counting(sift(html, TREE_LIMITS, report), counted), base, facts.title ?? '');
  const { root, extracted, byline, heading } = mainContent(markup, url, counted.elements);
  const options: ConvertOptions = { plain: format === 'text', title: heading ?? facts.title };
  const converted = format === 'html' ? { content: cleanHtml(root, options.title), outline: [], links: [] } : toMarkdown(root, options);
  // What the limits of a tree have cut away may be the text.
  if (report.truncated && converted.content.length < MIN_TREE_CHARACTERS) return readHtmlAsText(html, url);
  const empty = format !== 'html' && converted.content.replace(/^#.*/, '').trim().length === 0;
  const notes = notesOn(report, extracted, empty || (facts.title !== undefined && converted.content.trim() === facts.title));
  return {
    kind: 'html',
    ...(byline === undefined ? {} : { byline }),
    ...facts,
    ...converted,
    extracted,
    truncated: report.truncated,
    notes,
  };
}

/** Reads a page as nothing but its text, when it was too much for `readHtml`. */
export function readHtmlAsText(html: string, url: string): Page {
  const report: Sifting = { truncated: false, hidden: 0 };
  const content = plainText(html, TEXT_LIMITS, report);
  const notes = [
    'The page was too large or too deep to be read as a document: this is its text without structure.',
    ...notesOn(report, true, false),
  ];
  return {
    kind: 'html',
    ...pageFacts(html, url).facts,
    content,
    outline: [],
    links: [],
    extracted: false,
    truncated: report.truncated,
    notes,
  };
}

function* counting(sifted: Iterable<Sifted>, counted: { elements: number }): Generator<Sifted, void, undefined> {
  for (const piece of sifted) {
    if (piece.kind === 'open') counted.elements += 1;
    yield piece;
  }
}

/** Markup with nothing but the attributes that say something, its headings as they were, and the title above it where it has none. */
function cleanHtml(root: MarkupElement, title: string | undefined): string {
  const visit = (element: MarkupElement) => {
    for (const name of ['class', 'itemprop', 'role', 'type', 'rel', 'property']) element.removeAttribute(name);
    element.children.forEach(visit);
  };
  visit(root);
  // Readability makes every <h1> an <h2>: see `writeMarkup`.
  const html = root.innerHTML.replace(/<h2([^<>]*) data-level="1"([^<>]*)>([\s\S]*?)<\/h2>/g, '<h1$1$2>$3</h1>');
  const head = title === undefined || /<h1[ >]/.test(html) ? '' : `<h1>${escapeMarkup(title)}</h1>\n`;
  return `${head}${trimmedLines(html)}`;
}

function notesOn({ truncated, hidden }: Sifting, extracted: boolean, empty: boolean): string[] {
  const notes: string[] = [];
  if (empty) notes.push('The page has no text of its own: scripts make it in a browser.');
  else if (!extracted) notes.push('No main part was found: this is the whole page.');
  if (truncated) notes.push('The page is larger than can be read: its end is cut off.');
  if (hidden > 0) notes.push(`Left out: text that a person would not see (${hidden} ${hidden === 1 ? 'passage' : 'passages'}).`);
  return notes;
}
