import * as z from 'zod';
import { OBJECT_KINDS } from '../domain/object-sources.ts';
import { type DatabaseObject, listObjects as list, objectLine } from '../domain/objects.ts';
import { defineTool } from '../tool.ts';

/** Room for the line that says how to go on: a cursor names a schema and an object. */
const ROOM_FOR_NOTES = 500;

export const listObjects = defineTool({
  name: 'list_objects',
  title: 'List objects',
  description: 'Tables and views, or another kind, with comments and sizes. System schemas only by name.',
  inputSchema: z.strictObject({
    kind: z.enum(OBJECT_KINDS).optional().describe('By default tables and views'),
    schema: z.string().optional().describe('By default all'),
    pattern: z.string().optional().describe('Part of a name, or whole with *'),
    limit: z.int().min(1).max(1_000).default(200).describe('At most'),
    cursor: z.string().optional().describe('From nextCursor'),
  }),
  outputSchema: z.object({
    objects: z.array(z.unknown()),
    nextCursor: z.string().optional(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['kind', 'schema', 'pattern'],
  handler: (query, { databases, maxResultChars, signal }) =>
    databases.get().read((session) => list(session, { ...query, maxChars: maxResultChars - ROOM_FOR_NOTES }), { signal }),
  text({ objects, nextCursor }) {
    const notes = nextCursor === undefined ? [] : [`[More objects. Call again with cursor ${nextCursor}]`];
    // The schema keeps what the handler returns, but not its types: they would cost every session tokens.
    const lines = (objects as DatabaseObject[]).map(objectLine);
    return lines.length === 0 ? 'No objects found' : [...lines, ...notes].join('\n');
  },
});
