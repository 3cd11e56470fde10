import { startOf } from './charset.ts';
import { decodeEntities } from './entities.ts';
import { type Background, backgroundOf, isHidden, showsNothing } from './hidden.ts';
import { type HidingRules, hidingRules } from './hidden-rules.ts';
import { depthOf, HEADING, impliedDepth, type Nested } from './html-nesting.ts';
import { type Attributes, scan, type Token } from './html-scan.ts';
import { visibleText } from './invisible.ts';

/** How much of a page is taken. A tree of it costs the memory of hundreds of bytes an element. */
export interface SiftLimits {
  readonly maxElements: number;
  readonly maxCharacters: number;
}

/** What a page shows, as tags that match and text that is decoded. */
export type Sifted =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'open'; readonly name: string; readonly attributes: Attributes }
  | { readonly kind: 'close'; readonly name: string };

/** What was left out on the way. */
export interface Sifting {
  truncated: boolean;
  /** Passages with text that a person would not see. */
  hidden: number;
}

/** Elements that have no content. */
export const VOID = new Set('area base br col command embed frame hr img input link meta param source track wbr keygen'.split(' '));

/** Nobody writes deeper. What does is flattened, since whatever walks a tree calls itself at every level. */
const MAX_DEPTH = 120;

/** Tags around everything. Pages hide their body until a script has run. */
const AROUND = new Set(['html', 'head', 'body', 'noframes']);

/** Tags that mean nothing for the text, but may hide it. */
const SILENT = new Set('font nobr center big slot picture'.split(' '));

interface Open extends Nested {
  readonly shown: boolean;
  /** By a style, so that its author meant it to be there and not to be seen. */
  readonly hidden: boolean;
  readonly background: Background | undefined;
}

/** Where the reading of a page stands. */
interface Reading {
  readonly stack: Open[];
  /** End tags that will come of elements that were too deep. */
  readonly flattened: Map<string, number>;
  readonly rules: HidingRules;
  /** The background of the page. */
  ground: Background | undefined;
  readonly report: Sifting;
  /** How many elements and characters may still come. */
  elements: number;
  characters: number;
}

/**
 * What a person would see of a page, in order: every element is closed in turn, none is hidden, all text is decoded and has no invisible
 * characters. Linear, whatever the page is. `report` says what was left out, and is complete at the end.
 */
export function* sift(html: string, { maxElements, maxCharacters }: SiftLimits, report: Sifting): Generator<Sifted, void, undefined> {
  const rules = hidingRules(html);
  const page: Reading = {
    stack: [],
    flattened: new Map(),
    rules,
    ground: undefined,
    report,
    elements: maxElements,
    characters: maxCharacters,
  };
  for (const token of scan(html)) {
    if (token.kind === 'close') yield* close(page, token.name);
    else if (token.kind === 'text') yield* showText(page, token);
    else if (page.elements > 0) yield* open(page, token.name === 'frameset' ? 'div' : token.name, token.attributes);
    else page.report.truncated = true;
    if (report.truncated) break;
  }
  yield* closeDownTo(page, 0);
}

function* showText(page: Reading, token: Token & { kind: 'text' }): Generator<Sifted, void, undefined> {
  const text = shownText(token, page);
  if (text === '') return;
  yield { kind: 'text', text: startOf(text, page.characters) };
  page.report.truncated ||= text.length > page.characters;
  page.characters -= text.length;
}

function* open(page: Reading, name: string, attributes: Attributes): Generator<Sifted, void, undefined> {
  const { stack, flattened } = page;
  page.elements -= 1;
  if (AROUND.has(name)) {
    page.ground ??= backgroundOf(attributes);
    return;
  }
  const above = stack.at(-1)?.name;
  yield* closeDownTo(page, impliedDepth(stack, name));
  const entry = entryOf(page, name, attributes);
  if (VOID.has(name) || name === 'amp-img') {
    if (entry.shown) yield* emptyElement(name === 'amp-img' ? 'img' : name, attributes, above);
  } else if (stack.length >= MAX_DEPTH) flattened.set(name, (flattened.get(name) ?? 0) + 1);
  else {
    stack.push(entry);
    if (entry.shown && !SILENT.has(name)) yield { kind: 'open', name, attributes };
  }
}

function entryOf({ stack, rules, ground }: Reading, name: string, attributes: Attributes): Open {
  const within = stack.at(-1);
  const hidden = within?.hidden === true || isHidden(attributes, within?.background ?? ground) || rules.hides(name, attributes);
  const shown = within?.shown !== false && !hidden && !showsNothing(name, attributes) && !isLooseButton(name, stack);
  return { name, shown, hidden, background: backgroundOf(attributes) ?? within?.background };
}

function* close(page: Reading, name: string): Generator<Sifted, void, undefined> {
  const deep = page.flattened.get(name) ?? 0;
  if (deep > 0) page.flattened.set(name, deep - 1);
  else yield* closeDownTo(page, depthOf(page.stack, name));
}

function* closeDownTo({ stack }: Reading, depth: number): Generator<Sifted, void, undefined> {
  while (stack.length > depth) {
    const closed = stack.pop();
    if (closed?.shown && !SILENT.has(closed.name)) yield { kind: 'close', name: closed.name };
  }
}

function shownText(token: Token & { kind: 'text' }, { stack, report }: Reading): string {
  if (token.within !== undefined && token.within !== 'xmp') return '';
  const within = stack.at(-1);
  if (within?.shown !== false) return visibleText(decodeEntities(token.text)).replaceAll('\r\n', '\n');
  if (within.hidden && /\S/.test(token.text)) report.hidden += 1;
  return '';
}

/** Buttons say what a person may do here. Those in headings are the headings of what they unfold. */
function isLooseButton(name: string, stack: readonly Open[]): boolean {
  return name === 'button' && !stack.slice(-3).some((above) => HEADING.test(above.name) || above.name === 'summary');
}

function* emptyElement(name: string, attributes: Attributes, within: string | undefined): Generator<Sifted, void, undefined> {
  if (name === 'br' || name === 'hr' || (name === 'img' && attributes.get('alt')?.trim())) yield { kind: 'open', name, attributes };
  if (name === 'wbr') return;
  // A task list. Other fields say nothing.
  if (name === 'input' && attributes.get('type') === 'checkbox' && (within === 'li' || within === 'p' || within === 'label')) {
    yield { kind: 'text', text: attributes.has('checked') ? '[x] ' : '[ ] ' };
  }
  if (name === 'frame' && attributes.has('src')) yield* frameLink(attributes);
}

/** A page of frames has no text of its own: it has pages. */
function* frameLink(attributes: Attributes): Generator<Sifted, void, undefined> {
  yield { kind: 'open', name: 'p', attributes: new Map() };
  yield { kind: 'open', name: 'a', attributes: new Map([['href', attributes.get('src') ?? '']]) };
  yield { kind: 'text', text: `Frame: ${visibleText(attributes.get('title') ?? attributes.get('name') ?? 'unnamed')}` };
  yield { kind: 'close', name: 'a' };
  yield { kind: 'close', name: 'p' };
}
