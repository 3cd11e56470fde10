import * as z from 'zod';
import { outcomeText, shortOutcome } from '../domain/outcome-text.ts';
import { pick } from '../domain/pick.ts';
import type { Outcome } from '../domain/sequence.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields, replayFields } from '../tool.ts';

export const gitRevert = defineTool({
  name: 'git_revert',
  title: 'Revert',
  description: 'Undoes commits by new ones. Conflicts are an answer: resolve them, skip, or abort.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    ...replayFields,
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  audit: ['repo_path', 'action', 'revisions'],
  handler: ({ repo_path, ...request }, { repositories, protectedBranches, maxResultChars, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) =>
      shortOutcome(await pick(repository, 'revert', request, protectedBranches, signal), maxResultChars),
    ),
  // The schema keeps what the handler returns, but not its types.
  text: (outcome) => outcomeText(outcome as unknown as Outcome),
});
