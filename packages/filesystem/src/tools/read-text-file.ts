import { z } from 'zod';
import { numberLines, readText } from '../domain/read.ts';
import { defineTool } from '../tool.ts';

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
    truncated: z.boolean().describe('Whether lines that were asked for are missing'),
    nextLine: z.number().optional().describe('Pass as startLine to go on'),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['path'],
  async handler({ path, lineNumbers, ...window }, { roots, maxResultChars, signal }) {
    await using file = await roots.openFile(path);
    const text = await readText(file, window, maxResultChars, signal);
    return { path: file.path, ...(lineNumbers ? numberLines(text) : text) };
  },
  text: ({ content, truncated, nextLine }) => (truncated ? `${content}\n[Cut here. Go on with startLine ${nextLine}.]` : content),
});
