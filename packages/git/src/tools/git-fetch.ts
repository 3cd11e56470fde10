import * as z from 'zod';
import { type Fetched, fetchRemote } from '../domain/fetch.ts';
import { fetchedText } from '../domain/fetch-text.ts';
import { changeRepository } from '../domain/writing.ts';
import { defineTool, fields } from '../tool.ts';

export const gitFetch = defineTool({
  name: 'git_fetch',
  title: 'Fetch',
  description: 'Brings what a remote has. Own branches stay as they are.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    remote: z.string().optional().describe('Its name'),
    branch: z.string().optional().describe('Only this one'),
    prune: z.boolean().default(false).describe('Forget what is gone there'),
    tags: z.boolean().default(false).describe('All tags'),
  }),
  outputSchema: z.looseObject({ remote: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  audit: ['repo_path', 'remote', 'branch'],
  handler: ({ repo_path, ...request }, { repositories, network, signal, progress }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => ({
      ...(await fetchRemote(repository, network, request, { signal, progress })),
    })),
  // The schema keeps what the handler returns, but not its types.
  text: (fetched) => fetchedText(fetched as unknown as Fetched),
});
