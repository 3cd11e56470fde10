import * as z from 'zod';
import { readDocument, refuseMedia } from '../domain/document.ts';
import { pageText } from '../domain/page-text.ts';
import { definePrompt } from '../prompt.ts';

export const fetch = definePrompt({
  name: 'fetch',
  title: 'Fetch',
  description: 'Reads a web page, as Markdown.',
  arguments: z.strictObject({ url: z.string().describe('URL (http or https)') }),
  audit: ['url'],
  async messages({ url }, { client, extractor, maxResultChars: maxChars, signal }) {
    // A person asks for it: robots.txt speaks to programs that go by themselves.
    const request = { url, view: 'markdown' as const, start: 0, maxLength: maxChars, maxChars, userInitiated: true, signal };
    const document = await readDocument({ client, extractor, attach: refuseMedia }, request);
    return [{ role: 'user', text: pageText(document) }];
  },
});
