import * as z from 'zod';
import { type Attachment, type Document, readDocument } from '../domain/document.ts';
import { pageText } from '../domain/page-text.ts';
import { VIEWS, type View } from '../domain/view.ts';
import { defineTool } from '../tool.ts';

export const fetch = defineTool({
  name: 'fetch',
  title: 'Fetch',
  description: 'Reads a web page, feed, PDF, picture or sound. Of a long page ask for format outline, then for one section.',
  // The official parameters, then ours.
  inputSchema: z.strictObject({
    url: z.string().describe('http or https'),
    max_length: z.int().min(1).max(999_999).optional().describe('Most characters'),
    start_index: z.int().min(0).default(0).describe('Character to go on from'),
    raw: z.boolean().default(false).describe('Source, not Markdown'),
    format: z.enum(VIEWS).default('markdown').describe('outline: headings with anchors and sizes'),
    section: z.string().max(500).optional().describe('Only what is under this heading: its text or #anchor'),
    accept: z.string().max(500).optional().describe('Accept header'),
    version: z.string().max(100).optional().describe('Of the part before, to hear of changes'),
  }),
  // Whole in the answer, and short in tools/list.
  outputSchema: z.looseObject({
    status: z.number(),
    content: z.string(),
    truncated: z.boolean(),
    nextIndex: z.number().optional(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  audit: ['url'],
  async handler({ raw, format, start_index: start, max_length, ...asked }, { maxLength, maxResultChars: maxChars, signal, ...context }) {
    const { robots } = context;
    const media = ({ kind, ...block }: Attachment) => context.attach({ type: kind, ...block });
    const before = async (next: string) => robots?.check(next, signal);
    const view: View = raw ? 'source' : format;
    const request = { ...asked, view, start, maxLength: max_length ?? maxLength, maxChars, signal, before };
    return { ...(await readDocument({ ...context, attach: media }, request)) };
  },
  // What the handler returns, which the schema keeps whole.
  text: (output) => pageText(output as unknown as Document),
});
