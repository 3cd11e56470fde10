import { chmodSync, chownSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { layFiles, layMarker, layRepository, temporaryDirectory } from '../fixture/repository.ts';
import { type Code, layOut, rows, SECRET, traps } from './containment.ts';

/** Every tool, with arguments that work on every fixture. */
const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['git_status', {}],
  ['git_log', {}],
  ['git_show', { revision: 'HEAD' }],
  ['git_show', { revision: 'HEAD:file.txt' }],
  ['git_diff_unstaged', {}],
  ['git_diff_staged', {}],
  ['git_diff', { target: 'HEAD' }],
  ['git_branch', { branch_type: 'all' }],
  ['git_blame', { path: 'file.txt' }],
  ['git_grep', { pattern: '.' }],
];

const temporary = temporaryDirectory();
let places: { root: string; out: string };
let client: TestClient;

beforeAll(async () => {
  places = layOut(temporary.path);
  client = await connect(server, { repositories: [places.root] });
}, 60_000);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

async function judge(path: string, code: Code): Promise<void> {
  const requested = path.replaceAll('{root}', places.root).replaceAll('{out}', places.out);
  for (const [tool, args] of CALLS) {
    const answer = await client.callTool(tool, { repo_path: requested, ...args });
    expect([tool, answer.isError ? answer._meta?.code : 'ok']).toEqual([tool, code]);
    refuseLeak(JSON.stringify(answer), requested);
  }
}

function refuseLeak(answer: string, requested: string): void {
  expect(answer).not.toContain(SECRET);
  expect(answer).not.toMatch(/\/proc\/self\/fd|touchstone-git-[^t]/);
  // A refusal speaks of what was asked for and of the root, never of what is behind them.
  if (!requested.includes('out')) expect(answer).not.toContain(places.out);
}

describe('repo_path', () => {
  test.each(rows)('%s %j -> %s: %s', (_id, path, code) => judge(path, code));
});

describe('repositories that are not what they seem', () => {
  test.each(traps)('%s %s', (_id, name, _lay, code) => judge(name, code));
});

test('the log has nothing from outside but causes, and the server is as well as before', async () => {
  expect((await client.callTool('git_log', { repo_path: 'plain' })).structuredContent).toMatchObject({ commits: [{ message: 'inside' }] });
  expect(JSON.stringify(client.log)).not.toContain(SECRET);
});

test.skipIf(process.geteuid?.() !== 0)('GIT-012: a repository of another user is refused', async () => {
  const path = join(places.root, 'foreign');
  layRepository(path, [{ files: { f: '' }, message: 'one' }]);
  chownSync(join(path, '.git'), 65_534, 65_534);
  await judge('foreign', 'denied');
});

describe('GIT-010: variables of the process that started the server', () => {
  const { program, mark } = layMarker(temporary.path);
  const elsewhere = join(temporary.path, 'out', 'secret');
  const trace = join(temporary.path, 'trace');
  const home = join(temporary.path, 'home');
  const evil = `[core]\n\tfsmonitor = ${program}\n\tpager = ${program}\n[filter "evil"]\n\tclean = ${program}\n`;
  layFiles(home, {
    '.gitconfig': evil,
    'xdg/git/config': evil,
    'xdg/git/attributes': '* filter=evil\n',
    'gconv-modules': 'module X// Y// evil 1\n',
  });
  const variables: Record<string, string> = {
    GIT_DIR: join(elsewhere, '.git'),
    GIT_WORK_TREE: elsewhere,
    GIT_INDEX_FILE: join(elsewhere, '.git', 'index'),
    GIT_OBJECT_DIRECTORY: join(elsewhere, '.git', 'objects'),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join(elsewhere, '.git', 'objects'),
    GIT_COMMON_DIR: join(elsewhere, '.git'),
    GIT_NAMESPACE: 'x',
    GIT_EXTERNAL_DIFF: program,
    GIT_SSH_COMMAND: program,
    GIT_PROXY_COMMAND: program,
    GIT_ASKPASS: program,
    GIT_EDITOR: program,
    GIT_PAGER: program,
    PAGER: program,
    GIT_TRACE: trace,
    GIT_TRACE2: trace,
    GIT_TRACE2_EVENT: trace,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: program,
    GIT_CONFIG_PARAMETERS: `'core.fsmonitor'='${program}'`,
    GIT_CONFIG_GLOBAL: join(temporary.path, 'global'),
    GIT_TEMPLATE_DIR: temporary.path,
    GIT_ATTR_SOURCE: 'HEAD',
    GIT_REPLACE_REF_BASE: 'refs/heads/',
    GIT_DEFAULT_HASH: 'sha256',
    GIT_CEILING_DIRECTORIES: '/',
    GIT_EXEC_PATH: temporary.path,
    LD_PRELOAD: join(temporary.path, 'none.so'),
    LC_ALL: 'de_DE.UTF-8',
    LANGUAGE: 'de',
    // Configuration, programs and libraries of whoever started the server: where that is another repository, it is no better than this one.
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'xdg'),
    GCONV_PATH: home,
    LD_LIBRARY_PATH: home,
    BASH_ENV: program,
    ENV: program,
  };

  test.each(Object.entries(variables))('%s', async (name, value) => {
    const before = process.env[name];
    process.env[name] = value;
    try {
      await using other = await connect(server, { repositories: [join(places.root, 'plain')] });
      for (const [tool, args] of CALLS) {
        const answer = await other.callTool(tool, args);
        expect([tool, answer.isError]).toEqual([tool, undefined]);
        refuseLeak(JSON.stringify(answer), '');
      }
    } finally {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    }
    expect([mark, trace].filter((path) => existsSync(path))).toEqual([]);
  });

  test('a relative entry of PATH is not looked into: children run in the repository', async () => {
    copyFileSync(program, join(places.root, 'plain', 'git'));
    chmodSync(join(places.root, 'plain', 'git'), 0o755);
    const before = process.env['PATH'];
    process.env['PATH'] = `.::${before}`;
    try {
      await using other = await connect(server, { repositories: [join(places.root, 'plain')] });
      expect((await other.callTool('git_status')).isError).toBeUndefined();
    } finally {
      process.env['PATH'] = before;
    }
    expect(existsSync(mark)).toBe(false);
  });
});
