import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { callOn } from '../fixture/answers.ts';
import { layFiles, layMarker, layRepository, plainGit, temporaryDirectory } from '../fixture/repository.ts';

const SECRET = 'the-secret-outside';

/** An entry of a tree: a directory with a hook in it, a file with the text of one, or a link to there. */
type Entry = readonly [name: string, kind: 'directory' | 'file' | { readonly link: string }];

/** Trees that no git makes: what a checkout of them would write. */
const rows: readonly (readonly [why: string, entries: readonly Entry[]])[] = [
  ['hooks', [['.git', 'directory']]],
  ['hooks, in capitals', [['.GIT', 'directory']]],
  ['hooks, by the short name of Windows', [['git~1', 'directory']]],
  ['hooks, with a character that HFS+ leaves out', [['.g\u200cit', 'directory']]],
  ['hooks, with a dot that Windows leaves out', [['.git.', 'directory']]],
  ['hooks, with a blank that Windows leaves out', [['.git ', 'directory']]],
  ['hooks, as a stream of NTFS', [['.git::$INDEX_ALLOCATION', 'directory']]],
  ['a way out', [['..', 'directory']]],
  ['a way out in one name', [['a/../../../out/planted', 'file']]],
  ['an absolute name', [['/tmp/planted', 'file']]],
  ['itself', [['.', 'directory']]],
  ['no name', [['', 'file']]],
  [
    'a link to hooks, and a directory of the same name (CVE-2021-21300)',
    [
      ['a', { link: '.git' }],
      ['a', 'directory'],
    ],
  ],
  [
    'a link to hooks, and the same in capitals',
    [
      ['A', { link: '.git' }],
      ['a', 'directory'],
    ],
  ],
  [
    'a link to outside, and a directory of the same name',
    [
      ['a', { link: '../../out' }],
      ['a', 'directory'],
    ],
  ],
  ['the list of submodules, a link to outside', [['.gitmodules', { link: '../../out/secret' }]]],
  ['attributes, a link to outside', [['.gitattributes', { link: '../../out/secret' }]]],
  ['what is ignored, a link to outside', [['.gitignore', { link: '../../out/secret' }]]],
];

/** What brings a tree into the index and the work tree, and what only reads it. */
const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['git_show', { revision: 'evil' }],
  ['git_show', { revision: 'evil:' }],
  ['git_diff', { target: 'main..evil' }],
  ['git_diff', { target: 'evil' }],
  ['git_grep', { pattern: '.', revision: 'evil' }],
  ['git_log', { revision: 'evil', path: 'a' }],
  ['git_checkout', { branch_name: 'evil' }],
  ['git_status', {}],
  ['git_add', { files: ['.'] }],
  ['git_reset_hard', { revision: 'main' }],
  ['git_merge', { revision: 'evil' }],
  ['git_merge', { action: 'abort' }],
  ['git_cherry_pick', { revisions: ['evil'] }],
  ['git_cherry_pick', { action: 'abort' }],
  ['git_rebase', { revision: 'evil' }],
  ['git_rebase', { action: 'abort' }],
  ['git_reset_hard', { revision: 'evil' }],
  ['git_stash', { action: 'push', include_untracked: true }],
  ['git_worktree', { action: 'add', path: 'linked', branch: 'evil' }],
  ['git_clean', { paths: ['.'] }],
];

const temporary = temporaryDirectory();
const { program, mark } = layMarker(temporary.path);
const [root, out] = [join(temporary.path, 'root'), join(temporary.path, 'out')];
let client: TestClient;

beforeAll(async () => {
  layFiles(out, { secret: `${SECRET}\n` });
  mkdirSync(root);
  const all = { write: true, destructive: true, toolsets: ['history' as const, 'worktree' as const], confirmation: 'off' as const };
  client = await connect(server, { repositories: [root], ...all, authorName: 'Operator', authorEmail: 'operator@example.com' });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

/** A branch `evil` with the tree, beside `main`. */
function layTree(path: string, entries: readonly Entry[]): void {
  layRepository(path, [{ files: { f: '1\n' }, message: 'one' }]);
  const object = (type: string, content: string | Buffer) =>
    plainGit(path, ['hash-object', '-t', type, '-w', '--literally', '--stdin'], {}, content).trim();
  const tree = (list: readonly (readonly [mode: string, name: string, id: string])[]) =>
    object('tree', Buffer.concat(list.flatMap(([mode, name, id]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')])));
  const hook = object('blob', `#!/bin/sh\nexec '${program}'\n`);
  const hooks = tree([
    ['100755', 'post-checkout', hook],
    ['100755', 'post-index-change', hook],
    ['100755', 'reference-transaction', hook],
  ]);
  const directory = tree([['40000', 'hooks', hooks]]);
  const list = entries.map(([name, kind]) => {
    if (kind === 'directory') return ['40000', name, directory] as const;
    return kind === 'file' ? (['100755', name, hook] as const) : (['120000', name, object('blob', kind.link)] as const);
  });
  const commit = plainGit(path, ['commit-tree', '-m', 'evil', '-p', 'HEAD', tree(list)]).trim();
  plainGit(path, ['update-ref', 'refs/heads/evil', commit]);
}

test.each(rows)('GIT-074: a commit that has %s', { timeout: 30_000 }, async (why, entries) => {
  const path = join(root, `r${rows.findIndex(([each]) => each === why)}`);
  layTree(path, entries);
  const configuration = readFileSync(join(path, '.git/config'), 'utf8');
  const around = () => [readdirSync(out), readdirSync(temporary.path).filter((name) => name !== 'mark'), existsSync('/tmp/planted')];
  const before = around();
  for (const [tool, args] of CALLS) {
    const { text, data, code } = await callOn(client, tool, { repo_path: path, ...args });
    expect([tool, code === 'internal', JSON.stringify([text, data]).includes(SECRET)]).toEqual([tool, false, false]);
    expect([tool, existsSync(mark), existsSync(join(path, '.git/hooks')), around()]).toEqual([tool, false, false, before]);
  }
  expect(readFileSync(join(path, '.git/config'), 'utf8')).toBe(configuration);
});
