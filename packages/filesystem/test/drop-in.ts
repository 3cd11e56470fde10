/**
 * A call, and what the official server (@modelcontextprotocol/server-filesystem) answers: its text, or the JSON of its first block, with
 * `@` for the directory. `ours` where we answer otherwise on purpose, and why.
 */
export interface DropInRow {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly official: string;
  readonly ours?: string;
  readonly why?: string;
}

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const ARCHIVE = 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==';

/** What is in the directory. */
export const FILES: Readonly<Record<string, string | Uint8Array | readonly [link: string]>> = {
  'a.txt': 'one\ntwo\nthree\n',
  'b.txt': 'bee',
  'sub/c.md': '# c\nTODO\n',
  'sub/deep/d.md': 'd',
  'p.png': Buffer.from(PIXEL, 'base64'),
  'z.zip': Buffer.from(ARCHIVE, 'base64'),
  'empty/': '',
  ln: ['a.txt'],
};

const file = (name: string) => ({ name, type: 'file' });
const directory = (name: string, ...children: object[]) => ({ name, type: 'directory', children });
const diff = (why: string) => ({ why });
const EDITED =
  '```diff\nIndex: @/a.txt\n===================================================================\n--- @/a.txt\toriginal\n+++ @/a.txt\tmodified\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n```\n\n';

/** In this order: some change what the next ones see. */
export const rows: readonly DropInRow[] = [
  { tool: 'list_allowed_directories', args: {}, official: 'Allowed directories:\n@' },
  {
    tool: 'list_directory',
    args: { path: '@' },
    official: '[FILE] a.txt\n[FILE] b.txt\n[DIR] empty\n[FILE] ln\n[FILE] p.png\n[DIR] sub\n[FILE] z.zip',
  },
  { tool: 'list_directory', args: { path: '@/empty' }, official: '', ours: '(empty directory)', ...diff('an empty text says nothing') },
  {
    tool: 'list_directory_with_sizes',
    args: { path: '@/sub' },
    official: [
      '[FILE] c.md                                  9 B',
      '[DIR] deep                           ',
      '',
      'Total: 1 files, 1 directories',
      'Combined size: 9 B',
    ].join('\n'),
  },
  {
    tool: 'directory_tree',
    args: { path: '@' },
    official: JSON.stringify(
      [
        file('a.txt'),
        file('b.txt'),
        directory('empty'),
        file('ln'),
        file('p.png'),
        directory('sub', file('c.md'), directory('deep', file('d.md'))),
        file('z.zip'),
      ],
      null,
      2,
    ),
    ours: 'a.txt\nb.txt\nempty/\nln@\np.png\nsub/\n  c.md\n  deep/\n    d.md\nz.zip',
    ...diff('a sixth of the text'),
  },
  { tool: 'search_files', args: { path: '@', pattern: '**/*.md' }, official: '@/sub/c.md\n@/sub/deep/d.md' },
  { tool: 'search_files', args: { path: '@', pattern: '**/*.md', excludePatterns: ['**/deep/**'] }, official: '@/sub/c.md' },
  {
    tool: 'search_files',
    args: { path: '@', pattern: '*.md' },
    official: 'No matches found',
    ours: '@/sub/c.md\n@/sub/deep/d.md',
    ...diff('without a slash a pattern is meant for any depth'),
  },
  { tool: 'search_files', args: { path: '@', pattern: '*.none' }, official: 'No matches found' },
  { tool: 'read_text_file', args: { path: '@/a.txt' }, official: 'one\ntwo\nthree\n' },
  { tool: 'read_text_file', args: { path: '@/a.txt', head: 1 }, official: 'one', ours: 'one\n', ...diff('whole lines, with their ends') },
  { tool: 'read_text_file', args: { path: '@/a.txt', tail: 1 }, official: '', ours: 'three\n', ...diff('an end of a line begins none') },
  {
    tool: 'read_text_file',
    args: { path: '@/a.txt', head: 1, tail: 1 },
    official: 'Cannot specify both head and tail parameters simultaneously',
    ours: 'invalid_input: Cannot specify both head and tail parameters simultaneously\nGive head, or tail, or startLine and endLine.',
    ...diff('errors have a code and a hint'),
  },
  {
    tool: 'read_multiple_files',
    args: { paths: ['@/a.txt', '@/b.txt', '@/none'] },
    official: "@/a.txt:\none\ntwo\nthree\n\n\n---\n@/b.txt:\nbee\n\n---\n@/none: Error - ENOENT: no such file or directory, open '@/none'",
    ours: '@/a.txt:\none\ntwo\nthree\n\n\n---\n@/b.txt:\nbee\n\n---\n@/none: Error - No such file or directory: @/none',
    ...diff('in words'),
  },
  {
    tool: 'read_media_file',
    args: { path: '@/p.png' },
    official: JSON.stringify({ type: 'image', data: PIXEL, mimeType: 'image/png' }),
  },
  {
    tool: 'read_media_file',
    args: { path: '@/z.zip' },
    official: JSON.stringify({
      type: 'resource',
      resource: { uri: 'file://@/z.zip', mimeType: 'application/octet-stream', blob: ARCHIVE },
    }),
    ours: JSON.stringify({ type: 'resource', resource: { uri: 'file://@/z.zip', mimeType: 'application/zip', blob: ARCHIVE } }),
    ...diff('the content is looked at'),
  },
  { tool: 'write_file', args: { path: '@/new.txt', content: 'x' }, official: 'Successfully wrote to @/new.txt' },
  {
    tool: 'edit_file',
    args: { path: '@/a.txt', edits: [{ oldText: 'two', newText: 'TWO' }], dryRun: true },
    official: EDITED,
  },
  { tool: 'edit_file', args: { path: '@/a.txt', edits: [{ oldText: 'two', newText: 'TWO' }] }, official: EDITED },
  {
    tool: 'edit_file',
    args: { path: '@/a.txt', edits: [{ oldText: 'zwei', newText: 'TWO' }] },
    official: 'Could not find exact match for edit:\nzwei',
    ours: 'conflict: oldText of the edit is not in the file\nNothing was changed. No line is like it. Read the file again and give the text exactly.',
    ...diff('errors have a code and a hint'),
  },
  { tool: 'create_directory', args: { path: '@/n1/n2' }, official: 'Successfully created directory @/n1/n2' },
  {
    tool: 'move_file',
    args: { source: '@/b.txt', destination: '@/b2.txt' },
    official: 'Successfully moved @/b.txt to @/b2.txt',
  },
];
