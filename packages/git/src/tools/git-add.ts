import * as z from 'zod';
import { stagedText } from '../domain/outcome-text.ts';
import { proveFiles, readStaged, type Staged, stage } from '../domain/staging.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitAdd = defineTool({
  name: 'git_add',
  title: 'Add',
  description: 'Stages files, deleted ones too. Resolves conflicts.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    files: z.array(z.string()).min(1).describe('Paths; . is all'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'files'],
  handler: ({ repo_path, files }, { repositories, maxResultChars, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => {
      await stage(repository, proveFiles(files), signal);
      return { ...(await readStaged(repository, maxResultChars, signal)) };
    }),
  // The schema keeps what the handler returns, but not its types.
  text(answer) {
    const staged = answer as unknown as Staged;
    return staged.count === 0
      ? 'Nothing to stage: the files are as in the last commit, or ignored'
      : stagedText('Files staged successfully', staged);
  },
});
