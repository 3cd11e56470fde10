import { createHash } from 'node:crypto';
import type { Page } from './page.ts';
import { type View, viewOf } from './view.ts';
import { windowOf } from './window.ts';

/** What of a page is wanted. */
export interface PartRequest {
  readonly view: View;
  /** A heading's text or anchor. */
  readonly section?: string | undefined;
  readonly start: number;
  readonly maxLength: number;
}

/** A page whose content is the part that was asked for, or all of it. */
export interface PagePart extends Page {
  /** Characters of the content of which this is a part. */
  readonly length: number;
  readonly startIndex: number;
  /** Where the next part begins, if there is one. */
  readonly nextIndex?: number;
  /** Tells the whole page from another in the same format; the same for all sections, for the outline and the links. 8 hexadecimal digits. */
  readonly version: string;
}

/** The part of a page. Outline and links are left out of it: they can be as long as the page. Throws a ToolError for a section that is not there. */
export function partOf(page: Page, request: PartRequest | undefined): PagePart {
  const version = createHash('sha256').update(page.content).digest('hex').slice(0, 8);
  if (request === undefined) return { ...page, length: page.content.length, startIndex: 0, version };
  const content = viewOf(page, request.view, request.section);
  const { text, start: startIndex, next } = windowOf(content, request.start, request.maxLength);
  return {
    ...page,
    content: text,
    outline: [],
    links: [],
    length: content.length,
    startIndex,
    ...(next === undefined ? {} : { nextIndex: next }),
    version,
  };
}
