import * as z from 'zod';
import { type Changes, readChanges } from '../domain/changes.ts';
import { changesText } from '../domain/changes-text.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitDiffStaged = defineTool({
  name: 'git_diff_staged',
  title: 'Diff staged',
  description: 'The index against HEAD.',
  inputSchema: z.strictObject(fields),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'paths'],
  async handler({ repo_path, ...query }, { repositories, maxResultChars, signal, progress }) {
    using repository = await repositories.open(repo_path, { signal });
    return { ...(await readChanges(repository, { kind: 'staged', from: undefined }, query, maxResultChars, { signal, progress })) };
  },
  // The schema keeps what the handler returns, but not its types.
  text: (changes) => changesText('Staged changes:', changes as unknown as Changes),
});
