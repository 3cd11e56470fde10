import * as z from 'zod';
import { commitBlock, commitLine, type HistoryPage, readHistory } from '../domain/history.ts';
import { proveDate, provePaths, proveText } from '../domain/names.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

/** Room for the line that says how to go on. */
const ROOM_FOR_CURSOR = 400;

const when = z.string().optional();

export const gitLog = defineTool({
  name: 'git_log',
  title: 'Log',
  description: 'Commits, newest first.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    max_count: z.int().min(1).max(1_000).default(10).describe('Most commits'),
    start_timestamp: when.describe('Since: ISO date, or 2 weeks ago'),
    end_timestamp: when.describe('Until'),
    revision: z.string().default('HEAD').describe('Or a..b, a...b'),
    author: z.string().optional().describe('In name or e-mail'),
    grep: z.string().optional().describe('Text in messages'),
    path: z.string().optional().describe('Only what changes it'),
    oneline: z.boolean().default(false).describe('First lines'),
    cursor: fields.cursor,
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'revision', 'path'],
  async handler(
    { repo_path, max_count, start_timestamp, end_timestamp, author, grep, path, ...query },
    { repositories, maxResultChars, signal, progress },
  ) {
    const proven = {
      ...query,
      maxCount: max_count,
      since: start_timestamp === undefined ? undefined : proveDate(start_timestamp),
      until: end_timestamp === undefined ? undefined : proveDate(end_timestamp),
      author: author === undefined ? undefined : proveText(author, 'author'),
      grep: grep === undefined ? undefined : proveText(grep, 'grep'),
      paths: path === undefined ? [] : provePaths([path]),
      maxChars: maxResultChars - ROOM_FOR_CURSOR,
    };
    using repository = await repositories.open(repo_path, { signal });
    return { ...(await readHistory(repository, proven, { signal, progress })), oneline: query.oneline };
  },
  text(page) {
    // The schema keeps what the handler returns, but not its types.
    const { commits, nextCursor } = page as unknown as HistoryPage;
    const entries = page['oneline'] === true ? commits.map(commitLine).join('\n') : commits.map(commitBlock).join('\n\n');
    const next = nextCursor === undefined ? '' : `\n\n[More commits. Call again with cursor ${nextCursor}]`;
    return `Commit history:\n${entries === '' ? 'No commits match' : entries}${next}`;
  },
});
