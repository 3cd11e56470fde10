import * as z from 'zod';
import { type Changes, readChanges } from '../domain/changes.ts';
import { changesText } from '../domain/changes-text.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitDiffUnstaged = defineTool({
  name: 'git_diff_unstaged',
  title: 'Diff unstaged',
  description: 'The work tree against the index.',
  inputSchema: z.strictObject(fields),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'paths'],
  async handler({ repo_path, ...query }, { repositories, maxResultChars, signal, progress }) {
    using repository = await repositories.open(repo_path, { signal });
    return { ...(await readChanges(repository, { kind: 'unstaged' }, query, maxResultChars, { signal, progress })) };
  },
  // The schema keeps what the handler returns, but not its types.
  text: (changes) => changesText('Unstaged changes:', changes as unknown as Changes),
});
