import * as z from 'zod';
import { handOver, takeOver } from '../domain/hand-over.ts';
import { readMedia } from '../domain/media.ts';
import { visibleName } from '../domain/visible-name.ts';
import { defineTool } from '../tool.ts';

export const readMediaFile = defineTool({
  name: 'read_media_file',
  title: 'Read media file',
  description: 'A picture or sound to look at or listen to; any other file, up to 5 MiB, as it is.',
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
  async handler({ path }, { roots, signal }) {
    const media = await readMedia(roots, path, signal);
    // Last of all: see there.
    handOver(media.sha256, media.bytes);
    return media;
  },
  text: ({ path, mimeType, size }) => `${visibleName(path)} (${mimeType}, ${size} bytes)`,
  content({ kind, uri, mimeType, sha256 }) {
    const data = takeOver(sha256).toString('base64');
    return [kind === 'resource' ? { type: kind, resource: { uri, mimeType, blob: data } } : { type: kind, data, mimeType }];
  },
});
