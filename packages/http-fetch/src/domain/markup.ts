import JSDOMParser from '@mozilla/readability/JSDOMParser.js';
import type { Sifted } from './html-sift.ts';
import { VOID } from './html-sift.ts';
import { absolute } from './page-facts.ts';
import { createPieces } from './pieces.ts';

/** What is used of a text in the tree. */
export interface MarkupText {
  readonly nodeType: 3;
  readonly textContent: string;
}

/** What is used of an element in the tree. */
export interface MarkupElement {
  readonly nodeType: 1;
  readonly localName: string;
  readonly childNodes: readonly MarkupNode[];
  readonly children: readonly MarkupElement[];
  readonly parentNode: MarkupElement | null;
  readonly textContent: string;
  readonly innerHTML: string;
  readonly attributes: readonly { readonly name: string }[];
  getAttribute(name: string): string | undefined;
  removeAttribute(name: string): void;
  remove(): void;
}

export type MarkupNode = MarkupText | MarkupElement;

/** A page as Readability takes it. */
export interface MarkupDocument {
  readonly documentElement: MarkupElement;
  readonly body: MarkupElement;
}

const KEPT = new Set(
  'id name class role rel lang dir datetime start value type colspan rowspan data-lang data-language alttext encoding display itemprop property open alt'.split(
    ' ',
  ),
);

const FORMULA_CLASS = /(?:^|\s)(?:mwe-math|tex|latex|math)/i;

/** Writes what was sifted as markup in which all tags match, links are absolute and only attributes that mean something are left. */
export function writeMarkup(sifted: Iterable<Sifted>, base: string, title: string): string {
  const markup = createPieces();
  markup.add(`<html><head><title>${escapeMarkup(title)}</title></head><body>`);
  for (const piece of sifted) {
    if (piece.kind === 'text') markup.add(escapeMarkup(piece.text));
    else if (piece.kind === 'close') markup.add(`</${tagName(piece.name)}>`);
    else markup.add(piece.name === 'img' ? pictureTag(piece, base) : openTag(piece, base));
  }
  markup.add('</body></html>');
  return markup.toString();
}

/** The tree of markup that `writeMarkup` has written. */
export function parseMarkup(markup: string, url: string): MarkupDocument {
  // It has of a document what is named in MarkupDocument, and what Readability uses.
  return new JSDOMParser().parse(markup, url) as unknown as MarkupDocument;
}

/** The attribute, or an empty string. */
export function attribute(element: MarkupElement, name: string): string {
  return element.getAttribute(name) ?? '';
}

/** The level of a heading in the page, undefined for anything else. */
export function headingLevel(element: MarkupElement): number | undefined {
  const [, digit] = /^h([1-6])$/.exec(element.localName) ?? [];
  return digit === undefined ? undefined : Number(element.getAttribute('data-level') ?? digit);
}

/** Whether a node is an element. */
export function isElement(node: MarkupNode): node is MarkupElement {
  return node.nodeType === 1;
}

function openTag({ name, attributes }: Sifted & { kind: 'open' }, base: string): string {
  const written: string[] = [];
  for (const [key, value] of attributes) {
    if (KEPT.has(key)) written.push(` ${key}="${escapeValue(value)}"`);
  }
  // Readability makes every <h1> an <h2>.
  if (name === 'h1') written.push(' data-level="1"');
  const link = name === 'a' ? linkOf(attributes.get('href'), base) : undefined;
  if (link !== undefined) written.push(` href="${escapeValue(link)}"`);
  return `<${tagName(name)}${written.join('')}${VOID.has(name) ? '/' : ''}>`;
}

/** A formula, a picture with an address, or the words of one that has none: Readability would take it away. */
function pictureTag({ attributes }: Sifted & { kind: 'open' }, base: string): string {
  const words = escapeValue(attributes.get('alt') ?? '');
  if (FORMULA_CLASS.test(attributes.get('class') ?? '')) return `<math alttext="${words}"></math>`;
  const source = imageOf(attributes, base);
  return source === undefined ? `[Image: ${words}]` : `<img alt="${words}" src="${escapeValue(source)}"/>`;
}

/** The parser takes a name up to `/`, `>` or white space; prefixes such as `fb:` it would drop from half of the pair. Buttons that are headings Readability would take away. */
function tagName(name: string): string {
  return name !== 'button' && /^[a-z][a-z0-9-]{0,40}$/.test(name) ? name : 'span';
}

/** An address, or a place in the same page as `#anchor`. */
function linkOf(href: string | undefined, base: string): string | undefined {
  const written = href?.trim();
  return written?.startsWith('#') ? written : absolute(written, base);
}

/** Pictures that are loaded late have a placeholder in `src`. */
function imageOf(attributes: ReadonlyMap<string, string>, base: string): string | undefined {
  return ['data-src', 'data-original', 'src'].map((name) => absolute(attributes.get(name), base)).find((url) => url !== undefined);
}

/** Text as markup. By number, since the parser decodes names before numbers: `&amp;#60;` it would decode twice. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Text as the value of an attribute, between double quotes. */
export function escapeValue(value: string): string {
  return escapeMarkup(value).replaceAll('"', '&quot;');
}
