import * as z from 'zod';
import { merge } from '../domain/merge.ts';
import { outcomeText, shortOutcome } from '../domain/outcome-text.ts';
import type { Outcome } from '../domain/sequence.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitMerge = defineTool({
  name: 'git_merge',
  title: 'Merge',
  description: 'Merges a revision into the current branch. Conflicts are an answer: resolve them, or abort.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    action: z.enum(['start', 'continue', 'abort']).default('start').describe('What to do'),
    revision: z.string().optional().describe('Branch, tag or commit'),
    message: z.string().optional().describe('Of the merge commit'),
    ff: z.enum(['auto', 'only', 'no']).default('auto').describe('Fast-forward'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  audit: ['repo_path', 'action', 'revision', 'ff'],
  handler: ({ repo_path, ...request }, { repositories, maxResultChars, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) =>
      shortOutcome(await merge(repository, request, signal), maxResultChars),
    ),
  // The schema keeps what the handler returns, but not its types.
  text: (outcome) => outcomeText(outcome as unknown as Outcome),
});
