import * as z from 'zod';
import { numberLines, readText } from '../domain/read.ts';
import { Spellings } from '../domain/spelling.ts';
import { defineTool } from '../tool.ts';

/** Room for the line that says how to go on. */
const ROOM_FOR_NOTE = 200;

const lines = z.int().min(1).optional();

export const readTextFile = defineTool({
  name: 'read_text_file',
  title: 'Read text file',
  description: 'The text of a file, whole or a range of lines. A long one is cut after a whole line.',
  inputSchema: z.strictObject({
    path: z.string().describe('File'),
    head: lines.describe('First N lines'),
    tail: lines.describe('Last N lines'),
    startLine: lines.describe('First line, from 1'),
    endLine: lines.describe('Last line, included'),
    maxBytes: z.int().min(4).max(1_000_000).optional().describe('Most bytes to read'),
    lineNumbers: z.boolean().default(false).describe('Number each line'),
  }),
  outputSchema: z.object({
    path: z.string(),
    content: z.string(),
    size: z.number(),
    startLine: z.number().optional(),
    endLine: z.number().optional(),
    totalLines: z.number().optional().describe('Where counted'),
    truncated: z.boolean(),
    nextLine: z.number().optional().describe('Go on with it as startLine'),
    lineCut: z.boolean().describe('Only a part of a line fits'),
    encoding: z.string(),
    lineEnding: z.string().describe('lf, crlf, cr, mixed, none'),
    sha256: z.string().optional().describe('Of a file read whole'),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['path'],
  async handler({ path, lineNumbers, ...window }, { roots, maxResultChars, signal }) {
    const budget = maxResultChars - ROOM_FOR_NOTE;
    await using file = await roots.openFile(path, new Spellings(signal));
    const text = await readText(file, window, budget, signal);
    const { cutLine, ...rest } = lineNumbers ? numberLines(text, budget, window.tail === undefined ? 'first' : 'last') : text;
    return { path: file.path, ...rest, lineCut: cutLine !== undefined };
  },
  text({ content, truncated, nextLine, lineCut, totalLines }) {
    if (content === '' && totalLines) return `[Nothing there: the file has ${totalLines} lines.]`;
    if (!truncated) return content;
    const notes = [
      ...(lineCut ? ['A line is longer than an answer may be, and only a part of it is here.'] : []),
      ...(nextLine === undefined ? [] : [`More lines follow: go on with startLine ${nextLine}.`]),
      // Only the tail of a file is cut at its beginning.
      ...(lineCut || nextLine !== undefined ? [] : ['Earlier lines are missing: ask for fewer.']),
    ];
    return `${content}\n[${notes.join(' ')}]`;
  },
});
