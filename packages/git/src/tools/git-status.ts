import * as z from 'zod';
import { readStatus } from '../domain/status.ts';
import { statusText } from '../domain/status-text.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

/** Entries of each list; the others are counted. */
const MAX_ENTRIES = 500;

export const gitStatus = defineTool({
  name: 'git_status',
  title: 'Status',
  description: 'Branch, upstream, and files that are not as committed.',
  inputSchema: z.strictObject({ repo_path: fields.repo_path }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path'],
  async handler({ repo_path }, { repositories, maxResultChars, signal }) {
    using repository = await repositories.open(repo_path, { signal });
    const status = await readStatus(repository, { entries: MAX_ENTRIES, chars: maxResultChars * 0.8 }, signal);
    return { ...status, ignored: repository.ignored };
  },
  // The schema keeps what the handler returns, but not its types.
  text: (status) => statusText(status as unknown as Parameters<typeof statusText>[0], status['ignored'] as string[]),
});
