import { attribute, type MarkupElement } from './markup.ts';

const NOTE_ANCHOR = /^#(?:fn|cite_note|footnote|note|_ftn|user-content-fn|endnote|ref-?\d|cite)/i;
const BACK_ANCHOR = /^#(?:fnref|cite_ref|footnote-ref|_ftnref|user-content-fnref)/i;

/** The notes that a text refers to: their names in the text, by the anchors that they have in the page. */
export function footnotesOf(root: MarkupElement): ReadonlyMap<string, string> {
  const notes = new Map<string, string>();
  const visit = (element: MarkupElement, raised: boolean) => {
    if (element.localName === 'a') seeReference(element, raised, notes);
    for (const child of element.children) visit(child, raised || child.localName === 'sup');
  };
  visit(root, root.localName === 'sup');
  return notes;
}

function seeReference(element: MarkupElement, raised: boolean, notes: Map<string, string>): void {
  const href = attribute(element, 'href');
  const refers = attribute(element, 'role') === 'doc-noteref' || (raised && NOTE_ANCHOR.test(href) && !BACK_ANCHOR.test(href));
  const name = element.textContent.replace(/[^\p{L}\p{N}]/gu, '');
  if (refers && href.startsWith('#') && name !== '' && name.length <= 10 && !notes.has(href.slice(1))) notes.set(href.slice(1), name);
}

/** Whether a link leads from a note back to the text. */
export function isBackLink(element: MarkupElement): boolean {
  return element.localName === 'a' && (BACK_ANCHOR.test(attribute(element, 'href')) || attribute(element, 'role') === 'doc-backlink');
}
