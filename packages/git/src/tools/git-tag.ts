import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { createTag, deleteTag, listTags, type Tag } from '../domain/tags.ts';
import { oneLine } from '../domain/text.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitTag = defineTool({
  name: 'git_tag',
  title: 'Tag',
  description: 'Lists, creates, deletes tags.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    action: z.enum(['list', 'create', 'delete']).describe('What to do'),
    name: z.string().default('').describe('Tag'),
    revision: z.string().default('HEAD').describe('What to tag'),
    message: z.string().optional().describe('Annotates it'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  audit: ['repo_path', 'action', 'name', 'revision'],
  confirm: ({ action, name }) => (action === 'delete' ? `Delete the tag ${visibleName(name)}?` : undefined),
  handler: ({ repo_path, action, ...tag }, { repositories, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => {
      if (action === 'list') return { action, ...(await listTags(repository, signal)) };
      return { action, tag: await (action === 'create' ? createTag(repository, tag, signal) : deleteTag(repository, tag.name, signal)) };
    }),
  text(answer) {
    // The schema keeps what the handler returns, but not its types.
    const { action, tag, tags = [], truncated } = answer as { action: string; tag?: Tag; tags?: Tag[]; truncated?: boolean };
    if (tag !== undefined) return `${action === 'create' ? 'Created' : 'Deleted'} tag '${tag.name}' at ${tag.commit}`;
    if (tags.length === 0) return 'No tags';
    const lines = tags.map(({ name, commit, subject = '' }) => `${visibleName(name)} ${commit.slice(0, 10)} ${oneLine(subject)}`);
    return [...lines, ...(truncated ? ['[more]'] : [])].join('\n');
  },
});
