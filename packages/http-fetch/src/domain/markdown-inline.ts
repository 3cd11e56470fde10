import { visibleText } from './invisible.ts';
import { codeSpan } from './markdown-code.ts';
import { escapeText } from './markdown-escape.ts';
import { attribute, isElement, type MarkupElement, type MarkupNode } from './markup.ts';
import type { Link } from './page.ts';
import { flat } from './pieces.ts';

/** What the inline parts of one document have in common. */
export interface InlineContext {
  /** Plain text: no marks, no escapes, no addresses. */
  readonly plain: boolean;
  /** Names of notes by the anchor they have in the page. */
  readonly notes: ReadonlyMap<string, string>;
  readonly skip: (element: MarkupElement) => boolean;
  readonly see: (link: Link) => void;
  /** Marks that are on already. */
  readonly within?: string;
}

const MARKS: Readonly<Record<string, string>> = {
  strong: '**',
  b: '**',
  em: '*',
  i: '*',
  cite: '*',
  dfn: '*',
  del: '~~',
  s: '~~',
  strike: '~~',
};
const CODE = new Set(['code', 'kbd', 'samp', 'tt']);

/** Blocks that stand in a line, as in a cell, are words apart. */
const APART = new Set(
  'p div section article header footer li ul ol dl dt dd tr td th table h1 h2 h3 h4 h5 h6 figure figcaption blockquote pre details summary address'.split(
    ' ',
  ),
);

/** Signs that lead to the heading they stand beside, or back from a note. */
const PERMALINK = /^(?:[#¶§↩↑^⤴🔗]️?|permalink|link to this (?:heading|section|definition)|edit|copy link)*$/iu;
const BESIDE_TEXT_CLASS =
  /(?:^|\s)(?:zeroclipboard-container|clipboard-copy|copy-button|headerlink|header-anchor|heading-anchor|anchor-link|hash-link|permalink|anchorjs-link|footnote-back\w*|reversefootnote|mw-editsection)(?:\s|$)/i;

/** An address beyond this costs more than a picture is worth: its words alone are kept. */
const MAX_IMAGE_URL_CHARACTERS = 300;

/** How elements are written that are more than their content between marks. */
const WRITERS: Readonly<Record<string, (element: MarkupElement, context: InlineContext) => string>> = {
  a: link,
  br: () => '\n',
  img: image,
  math,
  q: (element, context) => `“${inlineAll(element, context)}”`,
  rp: () => '',
  rt: (element, context) => ` (${inlineAll(element, context).trim()})`,
  sub: script,
  sup: script,
};

/** The Markdown of a node that stands in a line. White space is not yet in order: see `tidyLine`. */
export function inline(node: MarkupNode, context: InlineContext): string {
  if (!isElement(node)) return text(node.textContent, context);
  if (context.skip(node)) return '';
  const name = node.localName;
  const write = WRITERS[name];
  if (write !== undefined) return write(node, context);
  if (CODE.has(name)) return context.plain ? node.textContent : codeSpan(node.textContent);
  const mark = context.plain ? undefined : MARKS[name];
  if (mark !== undefined) return emphasis(node, mark, context);
  const content = inlineAll(node, context);
  return APART.has(name) ? ` ${name === 'li' ? '• ' : ''}${content} ` : content;
}

function emphasis(element: MarkupElement, mark: string, context: InlineContext): string {
  const { within = '' } = context;
  if (within.split(' ').includes(mark)) return inlineAll(element, context);
  return marked(inlineAll(element, { ...context, within: `${within} ${mark}` }), mark);
}

/** The same of everything in an element. */
export function inlineAll(element: MarkupElement, context: InlineContext): string {
  return joined(element.childNodes.map((child) => inline(child, context)));
}

/** The parts of a line as one. Where two meet, text could become the address of a link, or turn a link into a picture. */
export function joined(parts: readonly string[]): string {
  const shown = parts.filter((part) => part !== '');
  return shown.map((part, index) => `${part}${bindingAt(part, shown[index + 1] ?? '')}`.replace(/!\\!$/, '\\!')).join('');
}

/** What keeps the end of one part and the start of the next from becoming something else. */
function bindingAt(left: string, right: string): string {
  if (left.endsWith('!') && right.startsWith('[')) return '\\!';
  const couldLead = left.endsWith(']') && (right.startsWith('(') || (right.startsWith(':') && /^\s*\[[^\]^]*\]$/.test(left)));
  return couldLead ? '\\' : '';
}

/** Whether an element is a sign beside the text: to link to it, to edit it, to copy it. */
export function isBesideText(element: MarkupElement): boolean {
  return BESIDE_TEXT_CLASS.test(attribute(element, 'class'));
}

/** One space for many, lines without spaces around them, none at the ends. */
export function tidyLine(line: string): string {
  const spaced = flat(line.replace(/[^\S\n]+/g, ' '));
  return flat(spaced.replace(/ ?\n ?/g, '\n').replace(/\n{2,}/g, '\n')).trim();
}

/** Lines that are text but would begin a block in Markdown. */
export function escapeLineStarts(lines: string): string {
  return lines.replace(
    /^(?:(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|(?:=+|-{2,}|_{3,})$|~~~)|(\d{1,9})([.)])(?=\s))/gm,
    (_, sign?: string, digits?: string, dot?: string) => (sign === undefined ? `${digits}\\${dot}` : `\\${sign}`),
  );
}

/** `[text](url)`, or what is left of it: the text where there is no address, and nothing where there is no text. */
export function linkTo(label: string, href: string, { plain, see, within }: InlineContext): string {
  const words = tidyLine(label).replaceAll('\n', ' ');
  if (words === '' || href === '') return label;
  if (!href.startsWith('#')) see({ text: words, url: href });
  if (plain || within?.includes('[')) return label;
  return `${/^\s/.test(label) ? ' ' : ''}[${words}](${target(href)})${/\s$/.test(label) ? ' ' : ''}`;
}

function target(href: string): string {
  return href.replace(/[()|\s<>\\]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function text(written: string, { plain }: InlineContext): string {
  // Markup that was decoded again may have made some (Readability writes and reads it).
  const words = flat(visibleText(written).replace(/\s+/g, ' '));
  return plain ? words : escapeText(words);
}

function marked(content: string, mark: string): string {
  const core = content.trim();
  if (core === '') return content;
  const start = content.indexOf(core);
  return `${content.slice(0, start)}${mark}${core}${mark}${content.slice(start + core.length)}`;
}

function link(element: MarkupElement, context: InlineContext): string {
  const href = attribute(element, 'href');
  const note = context.notes.get(href.slice(1));
  if (href.startsWith('#') && note !== undefined) return context.plain ? `[${note}]` : `[^${note}]`;
  const label = inlineAll(element, { ...context, within: `${context.within ?? ''} [` });
  if (href.startsWith('#') && PERMALINK.test(label.trim())) return '';
  // Headings often lead to themselves.
  if (href.startsWith('#') && context.within?.includes('#')) return label;
  return linkTo(label, href, context);
}

/** A picture is a link with its words: written as a picture, hosts would load it, which tells the page who reads it. */
function image(element: MarkupElement, context: InlineContext): string {
  const words = visibleText(attribute(element, 'alt')).replace(/\s+/g, ' ').trim();
  const source = attribute(element, 'src');
  const label = context.plain ? words : escapeText(words);
  if (context.within?.includes('[')) return label;
  return source.length > MAX_IMAGE_URL_CHARACTERS ? `[Image: ${label}]` : linkTo(`Image: ${label}`, source, context);
}

/** The TeX that most pages keep beside their formulas, else the signs of the formula in a row. */
export function math(element: MarkupElement, context: InlineContext): string {
  const tex = annotationOf(element) ?? element.getAttribute('alttext');
  return formula(tex ?? element.textContent, attribute(element, 'display') === 'block', context);
}

function annotationOf(element: MarkupElement): string | undefined {
  for (const child of element.children) {
    if (child.localName === 'annotation' && /tex/i.test(attribute(child, 'encoding'))) return child.textContent;
    const found = annotationOf(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function formula(tex: string, display: boolean, { plain }: InlineContext): string {
  const line = visibleText(tex)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\{\\(?:display|text)style (.*)\}$/, '$1')
    .trim();
  if (line === '' || plain) return line;
  return display ? `$$${line}$$` : `$${line}$`;
}

const SUPERSCRIPT: Readonly<Record<string, string>> = {
  0: '⁰',
  1: '¹',
  2: '²',
  3: '³',
  4: '⁴',
  5: '⁵',
  6: '⁶',
  7: '⁷',
  8: '⁸',
  9: '⁹',
  '-': '⁻',
  '−': '⁻',
  '+': '⁺',
  n: 'ⁿ',
};
const SUBSCRIPT: Readonly<Record<string, string>> = {
  0: '₀',
  1: '₁',
  2: '₂',
  3: '₃',
  4: '₄',
  5: '₅',
  6: '₆',
  7: '₇',
  8: '₈',
  9: '₉',
  '-': '₋',
  '+': '₊',
};

/** Small digits as the characters that exist for them; other things with a sign. Ordinals (1st) and notes need none. */
function script(element: MarkupElement, context: InlineContext): string {
  const content = inlineAll(element, context);
  const words = content.trim();
  const raised = element.localName === 'sup';
  const small = Array.from(words, (character) => (raised ? SUPERSCRIPT : SUBSCRIPT)[character]);
  if (words !== '' && words.length < 6 && small.every((character) => character !== undefined)) return small.join('');
  if (words.includes('[') || /^(?:st|nd|rd|th|er|e|re|ème|o|a|®|™|tm)$/i.test(words)) return content;
  return words === '' ? '' : `${raised ? '^' : '_'}${/^[\p{L}\p{N}]+$/u.test(words) ? words : `(${words})`}`;
}
