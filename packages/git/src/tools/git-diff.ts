import * as z from 'zod';
import { type Changes, comparisonOf, readChanges } from '../domain/changes.ts';
import { changesText } from '../domain/changes-text.ts';
import { oneLine } from '../domain/text.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitDiff = defineTool({
  name: 'git_diff',
  title: 'Diff',
  description: 'The work tree against a revision, or two revisions.',
  inputSchema: z.strictObject({ ...fields, target: z.string().describe('Revision, a..b or a...b') }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'target', 'paths'],
  async handler({ repo_path, target, ...query }, { repositories, maxResultChars, signal, progress }) {
    using repository = await repositories.open(repo_path, { signal });
    const comparison = await comparisonOf(repository, target, signal);
    return { target: oneLine(target), ...(await readChanges(repository, comparison, query, maxResultChars, { signal, progress })) };
  },
  // The schema keeps what the handler returns, but not its types.
  text: (changes) => changesText(`Diff with ${changes['target']}:`, changes as unknown as Changes),
});
