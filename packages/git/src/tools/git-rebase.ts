import * as z from 'zod';
import { outcomeText, shortOutcome } from '../domain/outcome-text.ts';
import { rebase } from '../domain/rebase.ts';
import type { Outcome } from '../domain/sequence.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields, replayFields } from '../tool.ts';

export const gitRebase = defineTool({
  name: 'git_rebase',
  title: 'Rebase',
  description: 'Makes the commits that revision has not anew on top of it. Conflicts are an answer: resolve them, skip, or abort.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    action: replayFields.action,
    revision: z.string().optional().describe('Branch, tag or commit'),
    onto: z.string().optional().describe('On top of this instead'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  audit: ['repo_path', 'action', 'revision', 'onto'],
  handler: ({ repo_path, ...request }, { repositories, protectedBranches, maxResultChars, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) =>
      shortOutcome(await rebase(repository, request, protectedBranches, signal), maxResultChars),
    ),
  // The schema keeps what the handler returns, but not its types.
  text: (outcome) => outcomeText(outcome as unknown as Outcome),
});
