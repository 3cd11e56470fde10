import { startOf } from './charset.ts';
import { decodeAttribute } from './entities.ts';
import { visibleText } from './invisible.ts';

/** What a tag says of itself, by name in lower case; only what somebody asks for later. */
export type Attributes = ReadonlyMap<string, string>;

/** A piece of HTML. The text of `raw` elements (scripts, styles, titles) is theirs alone, and comes as written. */
export type Token =
  | { readonly kind: 'text'; readonly text: string; readonly within?: string }
  | { readonly kind: 'open'; readonly name: string; readonly attributes: Attributes }
  | { readonly kind: 'close'; readonly name: string };

/** The attributes that anything here reads. A tag may have a million others. */
const READ = new Set(
  (
    'id name class href src alt style hidden popover aria-hidden color bgcolor size width height role type rel lang dir datetime start value checked open title ' +
    'colspan rowspan data-src data-original data-lang data-language alttext encoding display content property http-equiv itemprop charset media'
  ).split(' '),
);
const MAX_VALUE_CHARACTERS = 4_096;
/** Styles hold pictures. What is behind a longer one might not be seen, so nobody shall. */
const MAX_STYLE_CHARACTERS = 65_536;
const MAX_PIECE_CHARACTERS = 64 * 1024;
const MAX_REFERENCE_CHARACTERS = 40;

/** Elements whose content is no markup (HTML, parsing HTML fragments). */
const RAW = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed']);

const NAME = /[a-zA-Z][^\s/>]*/y;
// Every part takes what the others leave, so that each character is looked at a fixed number of times.
const ATTRIBUTE = /[\s/=]*([^\s>/=][^\s>/=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)?))?/y;

const NONE: Attributes = new Map();

/** Cuts HTML into tokens as browsers do, in linear time and whatever it is. Comments, declarations and broken ends are left out. */
export function* scan(html: string): Generator<Token, void, undefined> {
  let textStart = 0;
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open === -1) break;
    const tag = tagAt(html, open);
    at = tag.end;
    // A sign that begins no tag is text, and the text goes on.
    if (tag.isText) continue;
    yield* textPieces(html, textStart, open);
    if (tag.token !== undefined) yield tag.token;
    if (tag.token?.kind === 'open' && RAW.has(tag.token.name)) {
      const close = endOfRaw(html, at, tag.token.name);
      if (close > at) yield { kind: 'text', text: html.slice(at, close), within: tag.token.name };
      // Its end tag may be missing, or not be the one that was looked for.
      yield { kind: 'close', name: tag.token.name };
      at = close;
    }
    textStart = at;
  }
  yield* textPieces(html, textStart, html.length);
}

/** Text in pieces, so that what is done with each stays small; no character and no reference is cut in two. */
function* textPieces(html: string, start: number, end: number): Generator<Token, void, undefined> {
  for (let at = start; at < end; ) {
    const piece = startOf(html.slice(at, Math.min(end, at + MAX_PIECE_CHARACTERS)), MAX_PIECE_CHARACTERS - 1);
    const reference = at + piece.length < end ? piece.lastIndexOf('&') : -1;
    const text = reference > Math.max(0, piece.length - MAX_REFERENCE_CHARACTERS) ? piece.slice(0, reference) : piece;
    yield { kind: 'text', text };
    at += text.length;
  }
}

interface Tag {
  readonly token?: Token;
  readonly isText?: true;
  readonly end: number;
}

function tagAt(html: string, open: number): Tag {
  const next = html[open + 1];
  if (html.startsWith('!--', open + 1)) return { end: after(html, '-->', open + 2) };
  if (next === '!' || next === '?') return { end: after(html, '>', open + 1) };
  const closes = next === '/';
  NAME.lastIndex = open + (closes ? 2 : 1);
  const name = NAME.exec(html)?.[0].toLowerCase();
  if (name === undefined) return closes ? { end: after(html, '>', open + 1) } : { isText: true, end: open + 1 };
  if (closes) return { token: { kind: 'close', name }, end: after(html, '>', NAME.lastIndex) };
  const { attributes, end } = attributesAt(html, NAME.lastIndex);
  return { token: { kind: 'open', name, attributes }, end };
}

function attributesAt(html: string, start: number): { attributes: Attributes; end: number } {
  let attributes: Map<string, string> | undefined;
  ATTRIBUTE.lastIndex = start;
  let end = start;
  for (let match = ATTRIBUTE.exec(html); match !== null; match = ATTRIBUTE.exec(html)) {
    end = ATTRIBUTE.lastIndex;
    const [, written = '', double, single, bare] = match;
    const name = written.length > 20 ? written : written.toLowerCase();
    if (!READ.has(name) || attributes?.has(name)) continue;
    const value = double ?? single ?? bare ?? '';
    const taken = takenAs(name, value);
    if (taken === undefined) continue;
    attributes ??= new Map();
    attributes.set(taken, visibleText(decodeAttribute(value)));
  }
  return { attributes: attributes ?? NONE, end: after(html, '>', end) };
}

/** The name under which a value is kept, if it is not too long. */
function takenAs(name: string, value: string): string | undefined {
  if (name === 'style') return value.length > MAX_STYLE_CHARACTERS ? 'hidden' : name;
  return value.length > MAX_VALUE_CHARACTERS ? undefined : name;
}

function endOfRaw(html: string, start: number, name: string): number {
  const close = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  close.lastIndex = start;
  // A title without an end would swallow the page.
  return close.exec(html)?.index ?? (name === 'title' ? Math.max(start, html.indexOf('<', start)) : html.length);
}

/** Where it goes on after a mark, or at the end of the text if there is none. */
function after(html: string, mark: string, start: number): number {
  const found = html.indexOf(mark, start);
  return found === -1 ? html.length : found + mark.length;
}
