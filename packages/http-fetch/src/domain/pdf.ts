import { ToolError } from '@touchstone-mcp/core/errors';
import type { PDFDocumentProxy } from 'unpdf/pdfjs';
import { boundBuffers, tooLargePdf } from './bounded-buffers.ts';
import { startOf } from './charset.ts';
import { visibleText } from './invisible.ts';
import { createOutline } from './outline.ts';
import type { Page } from './page.ts';

const MAX_PAGES = 300;
const MAX_CHARACTERS = 1_000_000;

/** Reads the text of a PDF, page by page (package `unpdf`, an optional peer). Throws a ToolError that says what to install where it is missing. */
export async function readPdf(bytes: Uint8Array): Promise<Page> {
  const bounds = boundBuffers();
  const { getDocumentProxy } = await loadUnpdf();
  // Its text needs no fonts, and a document has no business to load any.
  const document = await getDocumentProxy(bytes, { disableFontFace: true, useSystemFonts: false, stopAtErrors: false, verbosity: 0 }).catch(
    (cause: unknown) => {
      if (bounds.refused > 0) throw tooLargePdf();
      throw new ToolError('invalid_input', 'The PDF cannot be read: it is broken, or needs a password.', {
        hint: 'Give the user the link.',
        cause,
      });
    },
  );
  const info = await document.getMetadata().then(
    ({ info }) => info as PdfInfo,
    () => ({}) as PdfInfo,
  );
  const outline = createOutline();
  const parts: string[] = [];
  let length = 0;
  let number = 0;
  let missing = false;
  while (number < Math.min(document.numPages, MAX_PAGES) && length < MAX_CHARACTERS) {
    number += 1;
    const text = await textOf(document, number);
    missing ||= text === undefined;
    const part = `## Page ${number}\n\n${text ?? ''}`.trim();
    outline.add(undefined, 2, `Page ${number}`, length);
    parts.push(part);
    length += part.length + 2;
  }
  const content = startOf(parts.join('\n\n'), MAX_CHARACTERS);
  const truncated = number < document.numPages || content.length === MAX_CHARACTERS || bounds.refused > 0 || missing;
  return {
    kind: 'pdf',
    ...factsOf(info),
    content,
    outline: outline.headings(content.length),
    links: [],
    extracted: true,
    truncated,
    notes: [
      ...notesOn(parts, number, document.numPages),
      ...(bounds.refused > 0 ? ['Parts of the PDF are too large to be read.'] : missing ? ['Parts of the PDF cannot be read.'] : []),
    ],
  };
}

/** The text of a page; of one that is broken, or beyond the bounds, undefined. */
async function textOf(document: PDFDocumentProxy, number: number): Promise<string | undefined> {
  try {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    page.cleanup();
    return pageText(items);
  } catch {
    // The reader throws whatever comes of a stranger's file. The answer says that something is missing.
    return undefined;
  }
}

interface PdfInfo {
  readonly Title?: unknown;
  readonly Author?: unknown;
}

function factsOf({ Title, Author }: PdfInfo): { title?: string; byline?: string } {
  const [title, byline] = [Title, Author].map((value) =>
    typeof value === 'string' ? visibleText(value).replace(/\s+/g, ' ').trim().slice(0, 500) : '',
  );
  return { ...(title ? { title } : {}), ...(byline ? { byline } : {}) };
}

/** Runs of text as PDF knows them, with the ends of lines; other items mark structure. */
function pageText(items: readonly object[]): string {
  const runs = items.map((item) => ('str' in item && 'hasEOL' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : ''));
  return visibleText(runs.join(''))
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n\s*/g, '\n')
    .trim();
}

function notesOn(parts: readonly string[], read: number, pages: number): string[] {
  const notes = read < pages ? [`The first ${read} of ${pages} pages were read.`] : [];
  if (parts.every((part) => !part.includes('\n'))) notes.push('The PDF has no text: its pages are pictures.');
  return notes;
}

async function loadUnpdf(): Promise<typeof import('unpdf')> {
  try {
    return await import('unpdf');
  } catch (cause) {
    throw new ToolError('unavailable', 'The answer is a PDF. Reading it needs the package unpdf, which is not installed.', {
      hint: 'Tell the user to run the server with: npx -y -p @touchstone-mcp/http-fetch -p unpdf touchstone-http-fetch',
      cause,
    });
  }
}
