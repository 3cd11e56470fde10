import { VOID } from './html-sift.ts';
import { escapeMarkup, escapeValue, type MarkupDocument, type MarkupElement, type MarkupNode, type MarkupText } from './markup.ts';
import { createPieces } from './pieces.ts';

/** A tag or a text of what `writeMarkup` has written: it is regular, so that this is all that can stand there. */
const PIECE = /<(\/?)([a-z][a-z0-9-]*)([^>]*?)(\/?)>|[^<]+/g;
const ATTRIBUTE = / ([a-z-]+)="([^"]*)"/g;

const NO_NODES: readonly MarkupNode[] = [];

/** An element in a sixth of the memory that one of Readability's parser takes. */
class LeanElement implements MarkupElement {
  readonly nodeType = 1;
  readonly localName: string;
  parentNode: LeanElement | null;
  childNodes: readonly MarkupNode[] = NO_NODES;
  readonly #attributes: Map<string, string> | undefined;

  constructor(localName: string, attributes: Map<string, string> | undefined, parentNode: LeanElement | null) {
    this.localName = localName;
    this.#attributes = attributes;
    this.parentNode = parentNode;
  }

  get children(): LeanElement[] {
    return this.childNodes.filter((node) => node instanceof LeanElement);
  }

  get attributes(): readonly { readonly name: string }[] {
    return Array.from(this.#attributes?.keys() ?? [], (name) => ({ name }));
  }

  get textContent(): string {
    const text = createPieces();
    const visit = (node: MarkupNode) => (node.nodeType === 3 ? text.add(node.textContent) : node.childNodes.forEach(visit));
    this.childNodes.forEach(visit);
    return text.toString();
  }

  get innerHTML(): string {
    const html = createPieces();
    const visit = (node: MarkupNode) => {
      if (!(node instanceof LeanElement)) return html.add(escapeMarkup(node.textContent));
      html.add(node.#startTag());
      node.childNodes.forEach(visit);
      if (!VOID.has(node.localName)) html.add(`</${node.localName}>`);
    };
    this.childNodes.forEach(visit);
    return html.toString();
  }

  getAttribute(name: string): string | undefined {
    return this.#attributes?.get(name);
  }

  removeAttribute(name: string): void {
    this.#attributes?.delete(name);
  }

  remove(): void {
    const parent = this.parentNode;
    if (parent !== null) parent.childNodes = parent.childNodes.filter((node) => node !== this);
    this.parentNode = null;
  }

  #startTag(): string {
    const written = Array.from(this.#attributes ?? [], ([name, value]) => ` ${name}="${escapeValue(value)}"`);
    return `<${this.localName}${written.join('')}${VOID.has(this.localName) ? '/' : ''}>`;
  }
}

/** The tree of markup that `writeMarkup` has written, for pages that Readability is not asked about. */
export function leanTree(markup: string): MarkupDocument {
  const root = new LeanElement('', undefined, null);
  // Children are gathered apart: an array that grows has room for seventeen.
  const open: { element: LeanElement; nodes: MarkupNode[] }[] = [{ element: root, nodes: [] }];
  const close = () => {
    const closed = open.pop();
    if (closed !== undefined && closed.nodes.length > 0) closed.element.childNodes = closed.nodes.slice();
  };
  for (const [piece, end, name, attributes, empty] of markup.matchAll(PIECE)) {
    const within = open.at(-1);
    if (name === undefined) within?.nodes.push(textNode(piece));
    else if (end === '/') close();
    else {
      const element = new LeanElement(name, attributesOf(attributes ?? ''), within?.element ?? root);
      within?.nodes.push(element);
      if (empty !== '/') open.push({ element, nodes: [] });
    }
  }
  while (open.length > 0) close();
  const documentElement = root.children[0] ?? root;
  return { documentElement, body: documentElement.children.find(({ localName }) => localName === 'body') ?? documentElement };
}

function textNode(piece: string): MarkupText {
  return { nodeType: 3, textContent: decoded(piece) };
}

function attributesOf(written: string): Map<string, string> | undefined {
  if (written === '') return undefined;
  const found = Array.from(written.matchAll(ATTRIBUTE), ([, name = '', value = '']) => [name, decoded(value)] as const);
  // It tells Readability's headings from ours.
  return new Map(found.filter(([name]) => name !== 'data-level'));
}

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|quot);/g, (_reference, code: string | undefined) =>
    code === undefined ? '"' : String.fromCodePoint(Number(code)),
  );
}
