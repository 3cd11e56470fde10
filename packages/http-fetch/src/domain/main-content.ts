import { Readability } from '@mozilla/readability';
import { inlineAll, isBesideText, tidyLine } from './markdown-inline.ts';
import { attribute, type MarkupDocument, type MarkupElement, parseMarkup } from './markup.ts';
import { leanTree } from './markup-tree.ts';

/** The part of a page that is its content. */
export interface MainContent {
  readonly root: MarkupElement;
  /** False where it is the whole page. */
  readonly extracted: boolean;
  readonly byline: string | undefined;
  /** The page's only heading of the first level, which Readability may take for the title and away. */
  readonly heading: string | undefined;
}

/** Readability walks and rewrites the tree many times over: larger pages are cut by their landmarks only. */
const MAX_READABLE_ELEMENTS = 12_000;
const MAX_READABLE_CHARACTERS = 700_000;
const MIN_MAIN_CHARACTERS = 140;

/** How much of what <main> or the body has must be in an article for the article to be the content. */
const ENOUGH_OF_MAIN = { text: 0.75, parts: 0.8 };
const ENOUGH_OF_BODY = { text: 0.5, parts: 0.5 };
/** Who says what, and when, is half of a conversation. */
const ENOUGH_OF_THREAD = { text: 0.97, parts: 1 };

const SURROUNDING = new Set(['nav', 'footer', 'aside']);
const SURROUNDING_ROLE = /^(?:navigation|banner|contentinfo|complementary|search|menu|menubar|dialog|alertdialog|alert|toolbar)$/;
const SURROUNDING_NAME =
  /(?:^|\s)(?:(?:site|page|main|global|top|left|right|side|post|entry|article|app|mobile)[-_]?)?(?:cookies?[-_]?(?:banner|consent|notice|bar)?|consent|gdpr|breadcrumbs?|share(?:daddy|[-_]buttons)?|sharing|social(?:[-_]links)?|newsletter|related(?:[-_]\w+)?|recommend(?:ed|ations)|side[-_]?bar|topbar|navbar|nav|navbox|navigation|header|footer|masthead|skip[-_]?(?:link|to[-_]content)|advert(?:isement)?s?|ads?(?:[-_](?:slot|box|banner|unit|container))?|sponsored|promo|popup|pagination|pager|toc|table[-_]of[-_]contents|noprint|jump[-_]to[-_]nav|toolbar|subscribe)(?:$|\s)/i;
const KEPT = /^(?:main|article|p|h[1-6])$/;

/** Whether an element is what every page of a site has around its content. One that holds the content is not, whatever it is called. */
function isSurrounding(element: MarkupElement): boolean {
  const name = element.localName;
  if (KEPT.test(name)) return false;
  if (SURROUNDING.has(name) || SURROUNDING_ROLE.test(attribute(element, 'role'))) return true;
  const isNamed =
    name === 'header' || [attribute(element, 'class'), attribute(element, 'id')].some((names) => SURROUNDING_NAME.test(names));
  return isNamed && !holdsContent(element) && (name !== 'header' || element.parentNode?.localName === 'body');
}

function holdsContent(element: MarkupElement): boolean {
  return element.children.some((child) => /^(?:h1|main|article)$/.test(child.localName) || holdsContent(child));
}

/**
 * Chooses what Readability finds, unless that leaves out much of what the page itself marks as its main part: it is made for articles, and
 * cuts code, tables and lists away. Without either, it is the page without what is around it.
 */
export function mainContent(markup: string, url: string, elements: number): MainContent {
  const isReadable = elements <= MAX_READABLE_ELEMENTS && markup.length <= MAX_READABLE_CHARACTERS;
  const { body, document } = prunedPage(markup, url, isReadable);
  const heading = soleHeading(body);
  const main = mainOf(body);
  const wanted = measure(main ?? body);
  const enough = isThread(body) ? ENOUGH_OF_THREAD : main === undefined ? ENOUGH_OF_BODY : ENOUGH_OF_MAIN;
  const article = isReadable ? articleOf(document) : undefined;
  if (article !== undefined && keeps(measure(article.root), wanted, enough)) return { ...article, heading };
  // Readability has rewritten the tree.
  const whole = isReadable ? prunedPage(markup, url, false).body : body;
  const root = mainOf(whole);
  return { root: root ?? whole, extracted: root !== undefined, byline: article?.byline, heading };
}

/** The tree without what is around the content, unless that is all there is. */
function prunedPage(markup: string, url: string, isReadable: boolean): { body: MarkupElement; document: MarkupDocument } {
  const parse = () => (isReadable ? parseMarkup(markup, url) : leanTree(markup));
  const document = parse();
  prune(document.body);
  if (document.body.textContent.trim() !== '') return { body: document.body, document };
  const whole = parse();
  return { body: whole.body, document: whole };
}

function prune(element: MarkupElement): void {
  for (const child of element.children.toReversed()) {
    if (isSurrounding(child)) child.remove();
    else prune(child);
  }
}

const SAID = /(?:^|\s)(?:post|message|answer|reply|topic-post|forum-post)(?:\s|$)/;

/** Whether several people speak: elements beside each other that are called posts, messages or answers. */
function isThread(element: MarkupElement): boolean {
  return element.children.filter((child) => SAID.test(attribute(child, 'class'))).length > 1 || element.children.some(isThread);
}

/** The one <main>, or the one article, where it holds more than a word or two. */
function mainOf(body: MarkupElement): MarkupElement | undefined {
  const found: MarkupElement[] = [];
  const articles: MarkupElement[] = [];
  const visit = (element: MarkupElement) => {
    if (element.localName === 'main' || attribute(element, 'role') === 'main') found.push(element);
    else {
      if (element.localName === 'article' || attribute(element, 'itemprop') === 'articleBody') articles.push(element);
      element.children.forEach(visit);
    }
  };
  visit(body);
  const main = found.length === 1 ? found[0] : articles.length === 1 ? articles[0] : undefined;
  return main !== undefined && measure(main).text >= MIN_MAIN_CHARACTERS ? main : undefined;
}

const WORDS = { plain: true, notes: new Map<string, string>(), skip: isBesideText, see: () => {} };

function soleHeading(body: MarkupElement): string | undefined {
  const found: string[] = [];
  const visit = (element: MarkupElement) => {
    if (element.localName === 'h1') found.push(tidyLine(inlineAll(element, WORDS)).replaceAll('\n', ' '));
    else element.children.forEach(visit);
  };
  visit(body);
  return found.length === 1 ? found[0] || undefined : undefined;
}

function articleOf(document: MarkupDocument): Omit<MainContent, 'heading'> | undefined {
  // It uses of a document what JSDOMParser, which comes with it, has.
  const page = document as unknown as ConstructorParameters<typeof Readability>[0];
  const options = { keepClasses: true, disableJSONLD: true, charThreshold: 250, serializer: (node: unknown) => node as MarkupElement };
  const article = new Readability<MarkupElement>(page, options).parse();
  const root = article?.content;
  if (!root || (article?.textContent ?? '').trim() === '') return undefined;
  return { root, extracted: true, byline: article?.byline?.replace(/\s+/g, ' ').trim() || undefined };
}

interface Measure {
  /** Characters outside links. */
  text: number;
  /** Tables, blocks of code and headings. */
  parts: number;
}

const PART = /^(?:pre|table|h[1-6]|dl)$/;

function measure(root: MarkupElement): Measure {
  const sum = { text: 0, parts: 0 };
  const visit = (element: MarkupElement) => {
    for (const child of element.childNodes) {
      if (child.nodeType === 3) sum.text += child.textContent.trim().length;
      else if (child.localName !== 'a') {
        if (PART.test(child.localName)) sum.parts += 1;
        visit(child);
      }
    }
  };
  visit(root);
  return sum;
}

function keeps(found: Measure, wanted: Measure, enough: Measure): boolean {
  // Readability takes away the first heading, where it repeats the title.
  return found.text >= wanted.text * enough.text && found.parts + 1 >= wanted.parts * enough.parts;
}
