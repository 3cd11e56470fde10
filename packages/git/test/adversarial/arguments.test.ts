import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { layRepository, plainGit, temporaryDirectory } from '../fixture/repository.ts';
import { rows } from './arguments.ts';
import { readingRows } from './reading.ts';

const SECRET = 'the-secret-outside';
const temporary = temporaryDirectory();
const [root, out] = [join(temporary.path, 'root'), join(temporary.path, 'out')];
const mark = join(out, 'mark');
let client: TestClient;

beforeAll(async () => {
  mkdirSync(out);
  writeFileSync(join(out, 'secret'), SECRET);
  mkdirSync(root);
  symlinkSync(join(out, 'secret'), join(root, 'link'));
  layRepository(root, [
    { files: { 'file.txt': 'inside\n' }, message: 'inside' },
    { files: { 'file.txt': 'inside too\n' }, message: 'inside too' },
  ]);
  plainGit(root, ['update-ref', 'refs/heads/--output=pwn', 'HEAD']);
  client = await connect(server, { repositories: [root] });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

const filled = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll('{mark}', mark).replaceAll('{out}', out));

test.each([...rows, ...readingRows].map((row) => [row[0], row[1], JSON.stringify(row[2]).slice(0, 80), row] as const))(
  '%s %s %s',
  async (_id, _tool, _args, [, tool, args, code]) => {
    const before = readdirSync(root);
    const answer = await client.callTool(tool, filled(args));
    expect(answer.isError ? answer._meta?.code : 'ok').toBe(code);
    const said = JSON.stringify(answer);
    expect(said).not.toContain(SECRET);
    expect(said).not.toMatch(/root:x:0|\/proc\/self\/fd|fatal:|usage: git/);
    // Neither outside nor, by a relative name, inside has anything come to be.
    expect([existsSync(mark), readdirSync(root), readdirSync(out)]).toEqual([false, before, ['secret']]);
  },
);

test('GIT-034: the separators hold on this git: what is behind them is no option', () => {
  expect(() => plainGit(root, ['log', '--end-of-options', `--output=${mark}`])).toThrow();
  expect(() => plainGit(root, ['diff', '--end-of-options', `--output=${mark}`, '--'])).toThrow();
  expect(existsSync(mark)).toBe(false);
});

/** What git takes to lay a repository elsewhere, to fill it with programs, or to start one. */
const OPTIONS = {
  template: '/evil',
  separate_git_dir: '/outside',
  git_dir: '/outside',
  upload_pack: 'touch {mark}',
  config: 'core.sshCommand=touch {mark}',
  exec: 'touch {mark}',
  args: ['--output={mark}'],
};

test.each(Object.entries(OPTIONS))('GIT-003, GIT-015, GIT-033: no tool takes %s', async (name, value) => {
  await using everything = await connect(server, {
    repositories: [root],
    write: true,
    destructive: true,
    toolsets: ['history', 'worktree', 'remote'],
    allowHosts: ['example.com'],
    confirmation: 'off',
  });
  const tools = await everything.listTools();
  expect(tools.map((tool) => tool.name)).not.toContain('git_init');
  for (const { name: tool, inputSchema } of tools) {
    expect([tool, inputSchema['additionalProperties']]).toEqual([tool, false]);
    const needed = Object.fromEntries(((inputSchema['required'] ?? []) as string[]).map((key) => [key, 'x']));
    const answer = await everything.callTool(tool, { ...needed, [name]: filled(value) });
    expect([tool, answer.isError, answer._meta?.code]).toEqual([tool, true, 'invalid_input']);
  }
  expect(existsSync(mark)).toBe(false);
});
