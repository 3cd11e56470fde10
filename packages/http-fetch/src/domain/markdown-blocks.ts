import { codeText, fencedCode } from './markdown-code.ts';
import { escapeLineStarts, type InlineContext, inline, inlineAll, joined, linkTo, math, tidyLine } from './markdown-inline.ts';
import { writeDefinitions, writeList } from './markdown-list.ts';
import { cellsOf, gridOf, isLayout, rowsOf, tableLines } from './markdown-table.ts';
import type { Writer } from './markdown-writer.ts';
import { attribute, headingLevel, isElement, type MarkupElement } from './markup.ts';
import type { Outline } from './outline.ts';

/** Where the writing of a document stands. */
export interface Conversion {
  readonly writer: Writer;
  readonly outline: Outline;
  readonly context: InlineContext;
  /** Which elements have blocks in them, as far as it was asked. */
  readonly hasBlocks: Map<MarkupElement, boolean>;
  /** The address of a link that is around whole blocks. The first of them that has text becomes the link. */
  around: string;
  block(conversion: Conversion, element: MarkupElement): void;
  flow(conversion: Conversion, element: MarkupElement): void;
}

type WriteBlock = (conversion: Conversion, element: MarkupElement) => void;

const BLOCKS = new Set(
  (
    'address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 ' +
    'header hgroup hr legend li main menu nav ol p pre search section summary table tbody td tfoot th thead tr ul'
  ).split(' '),
);

const WRITERS: Readonly<Record<string, WriteBlock>> = {
  a: linkAround,
  blockquote: quotation,
  dl: writeDefinitions,
  figcaption: (conversion, element) => emphasized(conversion, element, '*'),
  hr: () => {},
  menu: writeList,
  ol: writeList,
  pre: code,
  summary: (conversion, element) => emphasized(conversion, element, '**'),
  table,
  ul: writeList,
};

/** Writes what is in an element: its blocks one by one, and what stands between them as paragraphs. */
export function flow(conversion: Conversion, element: MarkupElement): void {
  let line: string[] = [];
  for (const child of element.childNodes) {
    if (isElement(child) && (BLOCKS.has(child.localName) || hasBlocks(conversion, child))) {
      paragraph(conversion, joined(line));
      line = [];
      if (!conversion.context.skip(child)) block(conversion, child);
    } else if (isElement(child) && child.localName === 'math' && attribute(child, 'display') === 'block') {
      paragraph(conversion, joined(line));
      line = [];
      conversion.writer.block(math(child, conversion.context));
    } else line.push(inline(child, conversion.context));
  }
  paragraph(conversion, joined(line));
}

/** Writes one element as a block. */
export function block(conversion: Conversion, element: MarkupElement): void {
  const { writer, context } = conversion;
  const note = element.localName === 'li' || context.plain ? undefined : context.notes.get(attribute(element, 'id'));
  const level = headingLevel(element);
  const write = level === undefined ? (WRITERS[element.localName] ?? flow) : heading;
  if (note === undefined) write(conversion, element);
  else writer.within({ first: `[^${note}]: `, rest: '  ', gap: true }, () => write(conversion, element));
}

function paragraph(conversion: Conversion, line: string): void {
  const tidy = linked(conversion, tidyLine(line));
  if (tidy !== '') conversion.writer.block(conversion.context.plain ? tidy : escapeLineStarts(tidy));
}

/** Makes the first text within a link that is around blocks a link to where it leads. */
function linked(conversion: Conversion, line: string): string {
  const { around, context } = conversion;
  if (around === '' || line === '' || line.includes('](')) return line;
  conversion.around = '';
  return linkTo(line, around, context);
}

function hasBlocks({ hasBlocks: known }: Conversion, element: MarkupElement): boolean {
  const look = (parent: MarkupElement): boolean => {
    const found = known.get(parent) ?? parent.children.some((child) => BLOCKS.has(child.localName) || look(child));
    known.set(parent, found);
    return found;
  };
  return look(element);
}

function linkAround(conversion: Conversion, element: MarkupElement): void {
  const outer = conversion.around;
  conversion.around = attribute(element, 'href');
  flow(conversion, element);
  conversion.around = outer;
}

function quotation(conversion: Conversion, element: MarkupElement): void {
  const mark = conversion.context.plain ? '  ' : '> ';
  conversion.writer.within({ first: mark, rest: mark, gap: true }, () => flow(conversion, element));
}

function code({ writer, context }: Conversion, element: MarkupElement): void {
  const text = context.plain ? codeText(element) : fencedCode(element);
  if (text !== '') writer.block(text);
}

/** A line of its own between marks, where it is a line. */
export function emphasized(conversion: Conversion, element: MarkupElement, mark: string): void {
  const { context } = conversion;
  if (hasBlocks(conversion, element)) flow(conversion, element);
  else {
    const line = tidyLine(inlineAll(element, { ...context, within: mark }));
    if (line !== '') paragraph(conversion, context.plain ? line : `${mark}${line}${mark}`);
  }
}

function heading(conversion: Conversion, element: MarkupElement): void {
  const { writer, outline, context } = conversion;
  const level = headingLevel(element) ?? 1;
  const line = tidyLine(inlineAll(element, { ...context, within: '# **' })).replaceAll('\n', ' ');
  if (line === '') return;
  const shown = linked(conversion, line);
  const start = writer.block(context.plain ? shown : `${'#'.repeat(level)} ${shown}`);
  outline.add(element, level, tidyLine(inlineAll(element, { ...context, plain: true })).replaceAll('\n', ' '), start);
}

function table(conversion: Conversion, element: MarkupElement): void {
  const { writer, context } = conversion;
  const caption = element.children.find(({ localName }) => localName === 'caption');
  if (caption !== undefined) emphasized(conversion, caption, '**');
  const rows = rowsOf(element);
  if (isLayout(element, rows)) {
    for (const cell of rows.flatMap(cellsOf)) flow(conversion, cell);
    return;
  }
  const grid = gridOf(rows, (cell) => tidyLine(inlineAll(cell, context)).replaceAll('\n', ' '));
  const lines = tableLines(grid, context.plain);
  if (lines !== '') writer.block(lines);
}
