import { isHiddenByRule, plainStyle } from './hidden.ts';
import { type Attributes, scan } from './html-scan.ts';

/** Which elements the style sheets in a page hide. */
export interface HidingRules {
  hides(name: string, attributes: Attributes): boolean;
}

/** Sheets are the words of a page, too: what is read of them is bounded. */
const MAX_SHEET_CHARACTERS = 300_000;
const MAX_SELECTORS = 2_000;
const MAX_CLASSES = 30;
const MAX_DEPTH = 10;

/** A tag, an id or a class, or a tag with one of them: what everybody writes to hide something. */
const SIMPLE = /^([a-z][a-z0-9]*)?([.#][\w-]+)?$/i;
/** Blocks whose rules hold on every screen. */
const ALWAYS = /^@(?:media\s+(?:all|screen)|layer\b[^{]*)$/i;
/** What takes a rule back, here or in some state. */
const SHOWING = /(?:^|;)(?:display:(?!none)|visibility:visible)/;

const NONE: HidingRules = { hides: () => false };

/**
 * What the simple selectors (`p`, `.x`, `#x`, `p.x`) in the `<style>` elements of a page hide. A name that another rule shows, on some screens or in
 * some state, is not hidden: tabs are read. Files of their own, neighbours and states are not looked at.
 */
export function hidingRules(html: string): HidingRules {
  if (!/<style/i.test(html)) return NONE;
  const found: Found = { hidden: new Set(), shown: new Set() };
  let room = MAX_SHEET_CHARACTERS;
  for (const sheet of sheetsOf(html)) {
    readSheet(withoutComments(sheet.slice(0, room)), found);
    room -= sheet.length;
    if (room <= 0) break;
  }
  const { hidden, shown } = found;
  for (const selector of hidden) if (shown.has(/[.#].*/.exec(selector)?.[0] ?? selector)) hidden.delete(selector);
  if (hidden.size === 0) return NONE;
  return {
    hides(name, attributes) {
      if (hidden.has(name)) return true;
      if (attributes.size === 0) return false;
      const classes = (attributes.get('class') ?? '').split(/\s+/, MAX_CLASSES).map((each) => `.${each}`);
      return [`#${attributes.get('id')}`, ...classes].some((each) => hidden.has(each) || hidden.has(name + each));
    },
  };
}

function* sheetsOf(html: string): Generator<string, void, undefined> {
  let applies = false;
  let scriptless = false;
  for (const token of scan(html)) {
    if (token.kind !== 'text') {
      if (token.name === 'noscript') scriptless = token.kind === 'open';
      applies = token.kind === 'open' && token.name === 'style' && !scriptless && isForScreens(token.attributes.get('media'));
    } else if (token.within === 'style' && applies) yield token.text;
  }
}

function isForScreens(media = ''): boolean {
  return ['', 'all', 'screen'].includes(media.trim().toLowerCase());
}

interface Found {
  /** Simple selectors, the tag in lower case. */
  readonly hidden: Set<string>;
  /** Names of ids and classes, with their sign, and tags. */
  readonly shown: Set<string>;
}

/** Goes from brace to brace, once. */
function readSheet(sheet: string, found: Found): void {
  const around: string[] = [];
  let from = 0;
  for (const { 0: sign, index } of sheet.matchAll(/[{};]/g)) {
    // The end of a declaration is none of its rule.
    if (sign === ';' && isRule(around.at(-1))) continue;
    const text = sign === ';' ? '' : sheet.slice(from, index).trim();
    from = index + 1;
    if (sign === '{') around.push(text);
    if (sign !== '}') continue;
    const selectors = around.pop();
    if (isRule(selectors)) readRule(selectors, text, around.length <= MAX_DEPTH && around.every(isAlways), found);
  }
}

function isRule(prelude: string | undefined): prelude is string {
  return prelude !== undefined && prelude !== '' && !prelude.startsWith('@');
}

function isAlways(prelude: string): boolean {
  return ALWAYS.test(prelude);
}

function readRule(selectors: string, declarations: string, always: boolean, found: Found): void {
  const style = plainStyle(declarations);
  const hides = isHiddenByRule(style);
  if (hides ? !always : !SHOWING.test(style)) return;
  for (const selector of selectors.split(',')) {
    const simple = SIMPLE.exec(selector.trim());
    if (simple !== null) seeSimple(simple, hides, always, found);
    // Somewhere, or in some state, they are there.
    else if (!hides) for (const [shown] of selector.matchAll(/[.#][\w-]+/g)) found.shown.add(shown);
  }
}

function seeSimple([, tag = '', name = '']: readonly string[], hides: boolean, always: boolean, { hidden, shown }: Found): void {
  const written = tag.toLowerCase() + name;
  if (!hides && !always) shown.add(name || written);
  else if (!hides) hidden.delete(written);
  else if (written !== '' && hidden.size < MAX_SELECTORS) hidden.add(written);
}

function withoutComments(sheet: string): string {
  return sheet
    .split('/*')
    .map((part, index) => (index === 0 ? part : part.slice(`${part}*/`.indexOf('*/') + 2)))
    .join(' ');
}
