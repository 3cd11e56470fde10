import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { type Cleaned, clean } from '../domain/discard.ts';
import { listed } from '../domain/listed.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitClean = defineTool({
  name: 'git_clean',
  title: 'Clean',
  description: 'Deletes files and directories that git does not track.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    paths: z.array(z.string()).min(1).describe('Below these; . is everywhere'),
    ignored: z.boolean().default(false).describe('Ignored files too'),
    dry_run: z.boolean().default(false).describe('Only list them'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'paths', 'ignored', 'dry_run'],
  confirm: ({ paths, ignored, dry_run }) =>
    dry_run ? undefined : `Delete all untracked ${ignored ? 'and ignored ' : ''}files in ${paths.map(visibleName).join(', ')} for good?`,
  handler: ({ repo_path, paths, ignored, dry_run }, { repositories, maxResultChars, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => {
      const { deleted, count } = await clean(repository, { paths, ignored, dryRun: dry_run }, signal);
      return { deleted: listed(deleted, maxResultChars), count, dry_run };
    }),
  text(answer) {
    // The schema keeps what the handler returns, but not its types.
    const { deleted, count, dry_run } = answer as unknown as Cleaned & { dry_run: boolean };
    const lines = deleted.map((name) => `  ${visibleName(name)}`);
    const more = count > deleted.length ? [`  [${count - deleted.length} more]`] : [];
    return [`${dry_run ? 'Would delete' : 'Deleted'} (${count}):`, ...lines, ...more].join('\n');
  },
});
