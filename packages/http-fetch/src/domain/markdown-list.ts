import type { Conversion } from './markdown-blocks.ts';
import { inline, inlineAll, tidyLine } from './markdown-inline.ts';
import { attribute, isElement, type MarkupElement, type MarkupNode } from './markup.ts';

/** Writes <ul> or <ol>. An item that is a note of the text is written as one. */
export function writeList(conversion: Conversion, list: MarkupElement): void {
  const isOrdered = list.localName === 'ol';
  const start = Number.parseInt(attribute(list, 'start') || '1', 10) || 1;
  let items = 0;
  for (const child of list.childNodes) {
    if (!isElement(child) || child.localName !== 'li') looseInList(conversion, child);
    else if (writeItem(conversion, child, isOrdered ? `${start + items}. ` : '- ', items === 0)) items += 1;
  }
}

/** Whether there was something to write. */
function writeItem(conversion: Conversion, item: MarkupElement, bullet: string, isFirst: boolean): boolean {
  const { writer, context } = conversion;
  if (context.skip(item)) return false;
  const note = context.plain ? undefined : context.notes.get(attribute(item, 'id'));
  const first = note === undefined ? bullet : `[^${note}]: `;
  const isNested = item.parentNode?.parentNode?.localName === 'li';
  const before = writer.length;
  writer.within({ first, rest: ' '.repeat(Math.min(first.length, 4)), gap: isFirst && !isNested }, () => conversion.flow(conversion, item));
  return writer.length > before;
}

/** Lists in lists without an item around them, and text that no list may have. */
function looseInList(conversion: Conversion, node: MarkupNode): void {
  const { writer, context } = conversion;
  if (!isElement(node)) {
    const line = tidyLine(inline(node, context));
    if (line !== '') writer.block(line);
  } else if (!context.skip(node)) writer.within({ first: '  ', rest: '  ', gap: false }, () => conversion.block(conversion, node));
}

/** Writes <dl>: a list of terms, each with a list of what it means. */
export function writeDefinitions(conversion: Conversion, list: MarkupElement): void {
  // Terms may be grouped in <div> (HTML, the dl element).
  const parts = list.children.flatMap((child) => (child.localName === 'div' ? child.children : [child]));
  const { writer, context } = conversion;
  let isFirst = true;
  for (const part of parts.filter((candidate) => !context.skip(candidate))) {
    if (part.localName === 'dt') {
      writer.within({ first: '- ', rest: '  ', gap: isFirst }, () => writeTerm(conversion, part));
      isFirst = false;
    } else writer.within({ first: context.plain ? '  ' : '  - ', rest: '    ', gap: false }, () => conversion.flow(conversion, part));
  }
}

function writeTerm({ writer, context }: Conversion, term: MarkupElement): void {
  const line = tidyLine(inlineAll(term, { ...context, within: '**' })).replaceAll('\n', ' ');
  if (line !== '') writer.block(context.plain ? line : `**${line}**`);
}
