import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { clone } from '../domain/clone.ts';
import { defineTool } from '../tool.ts';

export const gitClone = defineTool({
  name: 'git_clone',
  title: 'Clone',
  description: 'Clones a remote into a new or empty directory.',
  inputSchema: z.strictObject({
    url: z.string().describe('https://host/path or git@host:path'),
    path: z.string().optional().describe('Directory; default: the last name of the URL'),
    branch: z.string().optional().describe('To check out'),
    depth: z.int().min(1).max(1_000_000).optional().describe('Only so many commits of one branch'),
  }),
  outputSchema: z.looseObject({ path: z.string(), url: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  audit: ['path', 'branch', 'depth'],
  handler: async (request, { repositories, network, signal, progress }) => ({
    ...(await clone(repositories, network, request, { signal, progress })),
  }),
  text: ({ path, url, ...rest }) => {
    const { branch, commit } = rest as { branch?: string; commit?: string };
    const at = branch === undefined ? 'It has no branch to check out' : `On branch ${visibleName(branch)} at ${commit}`;
    return `Cloned ${url} into ${visibleName(path)}\n${at}`;
  },
});
