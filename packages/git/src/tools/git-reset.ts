import * as z from 'zod';
import { stagedText } from '../domain/outcome-text.ts';
import { proveFiles, readStaged, type Staged, unstage } from '../domain/staging.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitReset = defineTool({
  name: 'git_reset',
  title: 'Reset',
  description: 'Unstages all, or files. The work tree stays.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    files: z.array(z.string()).min(1).optional().describe('Only these'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'files'],
  handler: ({ repo_path, files }, { repositories, maxResultChars, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => {
      await unstage(repository, files === undefined ? undefined : proveFiles(files), signal);
      return { ...(await readStaged(repository, maxResultChars, signal)) };
    }),
  text(staged) {
    // The schema keeps what the handler returns, but not its types.
    const left = staged as unknown as Staged;
    return left.count === 0 ? 'All staged changes reset' : stagedText('Staged changes reset', left);
  },
});
