import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { layFiles, layMarker, layRepository, plainGit, temporaryDirectory } from '../fixture/repository.ts';
import { planted } from './planted-files.ts';
import { layPlain, strange } from './strange-repositories.ts';

const SECRET = 'the-secret-outside';

/** Tools that read, and then those that write: what they leave is what the next one finds. */
const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['git_status', {}],
  ['git_log', { max_count: 5 }],
  ['git_log', { revision: 'main@{1}' }],
  ['git_show', { revision: 'HEAD' }],
  ['git_show', { revision: 'HEAD:file.txt' }],
  ['git_diff_unstaged', { output: 'patch' }],
  ['git_diff_staged', {}],
  ['git_diff', { target: 'HEAD~1' }],
  ['git_branch', { branch_type: 'all' }],
  ['git_blame', { path: 'file.txt' }],
  ['git_grep', { pattern: 'o' }],
  ['git_stash', { action: 'list' }],
  ['git_worktree', { action: 'list' }],
  ['git_tag', { action: 'list' }],
  ['git_add', { files: ['file.txt'] }],
  ['git_commit', { message: 'm', all: true }],
  ['git_checkout', { branch_name: 'side' }],
];

/** Where a row is about something else, calls may also find that there is nothing to do, or no such thing. */
const USUAL = ['conflict', 'not_found'];

const temporary = temporaryDirectory();
const { program, mark } = layMarker(temporary.path);
const [root, out] = [join(temporary.path, 'root'), join(temporary.path, 'out')];
let client: TestClient;
/** What stands outside, and the id of the commit there. */
let secrets: RegExp;

beforeAll(async () => {
  mkdirSync(root);
  layRepository(join(out, 'secret'), [{ files: { 'file.txt': `${SECRET}\n` }, message: SECRET }]);
  const id = plainGit(join(out, 'secret'), ['rev-parse', 'HEAD']).trim();
  secrets = new RegExp(`${SECRET}|${id.slice(0, 10)}`);
  layFiles(out, { 'secret.txt': `${SECRET}\n`, ref: `${id}\n`, attributes: '* filter=evil\n' });
  const identity = { authorName: 'Operator', authorEmail: 'operator@example.com' };
  client = await connect(server, { repositories: [root], write: true, toolsets: ['worktree'], callTimeoutMs: 1_500, ...identity });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

describe('repositories as no git makes them: nothing runs, nothing from outside is told, every call ends', { timeout: 60_000 }, () => {
  test.each([...planted, ...strange].map((row, index) => [row[0], row[1], row, index] as const))(
    '%s %s',
    async (_id, _name, [, , lay, codes], index) => {
      const path = join(root, `r${index}`);
      layPlain(path);
      lay({ path, program, out });
      for (const [tool, args] of CALLS) {
        const answer = await client.callTool(tool, { repo_path: path, ...args });
        expect([tool, existsSync(mark)]).toEqual([tool, false]);
        expect(JSON.stringify(answer)).not.toMatch(secrets);
        if (codes === 'denied') expect([tool, answer._meta?.code]).toEqual([tool, 'denied']);
        if (!answer.isError || codes === 'denied') continue;
        const allowed = codes === 'ok' ? USUAL : codes;
        expect([tool, JSON.stringify(answer.content), allowed.includes(answer._meta?.code as never)]).toEqual([
          tool,
          expect.anything(),
          true,
        ]);
      }
      expect(JSON.stringify(client.log)).not.toMatch(secrets);
    },
  );
});

test.each(['objects', 'refs', 'logs'])('GIT-005: a link that comes later into a directory of %s, whose time is set back', async (where) => {
  const path = join(root, `later-${where}`);
  layPlain(path);
  const name = where === 'objects' ? readdirSync(join(path, '.git/objects')).find((each) => /^..$/.test(each)) : 'heads';
  const directory = join(path, '.git', where === 'logs' ? 'logs/refs' : where, name ?? '');
  const before = new Date(0);
  utimesSync(directory, before, before);
  expect((await client.callTool('git_status', { repo_path: path })).isError).toBeUndefined();
  symlinkSync(join(out, 'secret.txt'), join(directory, 'a'.repeat(38)));
  utimesSync(directory, before, before);
  expect(await client.callTool('git_status', { repo_path: path })).toMatchObject({ isError: true, _meta: { code: 'denied' } });
});
