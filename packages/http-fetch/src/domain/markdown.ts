import { footnotesOf, isBackLink } from './footnotes.ts';
import { block, type Conversion, flow } from './markdown-blocks.ts';
import { escapeLine } from './markdown-escape.ts';
import { isBesideText } from './markdown-inline.ts';
import { createWriter } from './markdown-writer.ts';
import { headingLevel, type MarkupElement } from './markup.ts';
import { createOutline } from './outline.ts';
import type { Heading, Link } from './page.ts';

/** Markdown or plain text, with what leads into it and out of it. */
export interface Converted {
  readonly content: string;
  readonly outline: readonly Heading[];
  readonly links: readonly Link[];
}

/** How a tree is written. */
export interface ConvertOptions {
  readonly plain?: boolean;
  /** Put above everything where the content has no heading of the first level. */
  readonly title?: string | undefined;
}

const MAX_LINKS = 2_000;

/** Writes a tree as GitHub's Markdown, or as plain text. What the text itself says cannot become a link, a picture, HTML or a block. */
export function toMarkdown(root: MarkupElement, { plain = false, title }: ConvertOptions = {}): Converted {
  const writer = createWriter();
  const outline = createOutline();
  const links = new Map<string, Link>();
  const context = {
    plain,
    notes: footnotesOf(root),
    skip: (element: MarkupElement) => isBackLink(element) || isBesideText(element),
    see: (link: Link) => {
      if (links.size < MAX_LINKS && !links.has(link.url)) links.set(link.url, link);
    },
  };
  const conversion: Conversion = { writer, outline, context, hasBlocks: new Map(), around: '', block, flow };
  if (title !== undefined && !hasTopHeading(root)) outline.add(undefined, 1, title, writer.block(plain ? title : `# ${escapeLine(title)}`));
  flow(conversion, root);
  return { content: writer.toString(), outline: outline.headings(writer.length - 1), links: [...links.values()] };
}

function hasTopHeading(root: MarkupElement): boolean {
  return root.children.some((child) => (headingLevel(child) === 1 && child.textContent.trim() !== '') || hasTopHeading(child));
}
