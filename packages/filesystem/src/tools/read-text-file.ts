import * as z from 'zod';
import { numberLines, readText } from '../domain/read.ts';
import { defineTool } from '../tool.ts';

/** Room for the line that says how to go on. */
const ROOM_FOR_NOTE = 200;

const lines = z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional();

export const readTextFile = defineTool({
  name: 'read_text_file',
  title: 'Read text file',
  description: 'The text of a file, whole or a range of lines. A long file is cut after a whole line and nextLine says where to go on.',
  inputSchema: z.strictObject({
    path: z.string().describe('File, absolute or relative to the first allowed directory'),
    head: lines.describe('Only the first N lines'),
    tail: lines.describe('Only the last N lines'),
    startLine: lines.describe('First line to return, counted from 1'),
    endLine: lines.describe('Last line to return'),
    lineNumbers: z.boolean().default(false).describe('Put its number before each line'),
  }),
  outputSchema: z.object({
    path: z.string(),
    content: z.string(),
    size: z.number().describe('Bytes of the whole file'),
    startLine: z.number().optional().describe('Number of the first line returned'),
    endLine: z.number().optional().describe('Number of the last line returned'),
    totalLines: z.number().optional().describe('Lines of the whole file, where they were counted'),
    truncated: z.boolean().describe('Whether something that was asked for is missing'),
    nextLine: z.number().optional().describe('Pass as startLine to go on'),
    lineCut: z.boolean().describe('Whether a line is longer than an answer may be, so that only a part of it is here'),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['path'],
  async handler({ path, lineNumbers, ...window }, { roots, maxResultChars, signal }) {
    const budget = maxResultChars - ROOM_FOR_NOTE;
    await using file = await roots.openFile(path);
    const text = await readText(file, window, budget, signal);
    const { cutLine, ...rest } = lineNumbers ? numberLines(text, budget) : text;
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
