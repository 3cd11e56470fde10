import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { readMedia } from '../domain/media.ts';
import { defineTool } from '../tool.ts';

/**
 * Media are not counted with the 250 kB that text and structure share, but have a cap of their own, the setting `maxMediaBytes`. By default it
 * is 3.75 MiB, because base64 makes 5 MiB of that, the most that the Claude API takes of one picture; a client that sends a larger one
 * has a conversation that fails from then on (github.com/anthropics/claude-code/issues/2939). It can be raised to 7 MiB, and not further: both
 * generations of the SDK's stdio clients give up on a message of more than 10 MiB. Where a client counts base64 as text, as some do, no
 * useful cap would help it.
 */
export const readMediaFile = defineTool({
  name: 'read_media_file',
  title: 'Read media file',
  description: 'A picture or sound to look at or listen to; any other file as it is. More than a few MiB are refused.',
  inputSchema: z.strictObject({ path: z.string().describe('File') }),
  outputSchema: z.object({
    path: z.string(),
    uri: z.string(),
    mimeType: z.string(),
    kind: z.enum(['image', 'audio', 'resource']),
    size: z.number(),
    sha256: z.string(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['path'],
  async handler({ path }, { roots, maxMediaBytes: maxBytes, signal, attach }) {
    const { bytes, ...media } = await readMedia(roots, path, { maxBytes, signal });
    const { kind, uri, mimeType } = media;
    const data = bytes.toString('base64');
    attach(kind === 'resource' ? { type: kind, resource: { uri, mimeType, blob: data } } : { type: kind, data, mimeType });
    return media;
  },
  text: ({ path, mimeType, size }) => `${visibleName(path)} (${mimeType}, ${size} bytes)`,
});
