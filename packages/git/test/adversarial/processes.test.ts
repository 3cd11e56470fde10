import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { server } from '../../src/server.ts';
import { layRepository, temporaryDirectory } from '../fixture/repository.ts';

const temporary = temporaryDirectory();
const repository = join(temporary.path, 'project');

beforeAll(() => layRepository(repository, [{ files: { f: '1\n' }, message: 'one' }]));
afterAll(() => temporary[Symbol.dispose]());

/** A git that does this instead of `status`, and is the real one otherwise. */
function strangeGit(name: string, script: string): string {
  const path = join(temporary.path, name);
  writeFileSync(path, `#!/bin/sh\ncase " $* " in *" status "*) ${script} ;; *) exec git "$@" ;; esac\n`);
  chmodSync(path, 0o755);
  return path;
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // A zombie is dead, but nobody has fetched it yet.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test.skipIf(process.platform !== 'linux')('GIT-096: a deadline ends git and all that it has started', async () => {
  const pids = join(temporary.path, 'pids');
  const gitPath = strangeGit('hanging', `sleep 600 & echo $! $$ > ${pids}; wait`);
  await using client = await connect(server, { repositories: [repository], gitPath, callTimeoutMs: 1_000 });
  expect(await client.callTool('git_status')).toMatchObject({ isError: true, _meta: { code: 'timeout' } });
  const started = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
  expect(started).toHaveLength(2);
  await vi.waitFor(() => expect(started.filter(alive)).toEqual([]), { timeout: 5_000 });
});

test('GIT-096: stdin is closed', async () => {
  const seen = join(temporary.path, 'seen');
  const gitPath = strangeGit('reading', `cat > ${seen}; exit 0`);
  await using client = await connect(server, { repositories: [repository], gitPath }, 'legacy', { over: 'stdio' });
  expect((await client.callTool('git_status')).isError).toBeUndefined();
  expect([existsSync(seen), readFileSync(seen, 'utf8')]).toEqual([true, '']);
});

test('GIT-077: an answer without end is ended', async () => {
  const gitPath = strangeGit('flooding', `yes '? file' | tr '\\n' '\\0'`);
  await using client = await connect(server, { repositories: [repository], gitPath });
  const { structuredContent } = await client.callTool('git_status');
  expect(structuredContent).toMatchObject({ counts: { untracked: 1_000_000 } });
  expect(structuredContent?.['untracked']).toHaveLength(500);
});

test.each<[string, string, string]>([
  ['GIT-098', "fatal: Unable to create '/x/.git/index.lock': File exists.", 'conflict'],
  ['GIT-099', "fatal: unable to access 'https://user:TOKEN@host/x'", 'unavailable'],
  ['GIT-068', 'fatal: could not fetch 0123456789012345678901234567890123456789 from promisor remote', 'unavailable'],
  ['GIT-077', 'fatal: Out of memory, malloc failed (tried to allocate 1 bytes)', 'unavailable'],
  ['GIT-012', "fatal: detected dubious ownership in repository at '/x'", 'denied'],
])('%s: what git says stays here: %s', async (_id, said, code) => {
  const gitPath = strangeGit('failing', `echo "${said}" >&2; exit 128`);
  await using client = await connect(server, { repositories: [repository], gitPath });
  const answer = await client.callTool('git_status');
  expect(answer).toMatchObject({ isError: true, _meta: { code } });
  expect(JSON.stringify(answer)).not.toMatch(/TOKEN|fatal|\/x\b/);
  expect(JSON.stringify(client.log)).not.toContain('TOKEN');
});

test.each([
  ['git version 2.30.2', /too old/],
  ['git version 2.39.0', /CVE-2022-23521/],
  ['no version at all', /too old/],
])('GIT-073: it does not start on %s', async (version, says) => {
  const gitPath = join(temporary.path, 'old');
  writeFileSync(gitPath, `#!/bin/sh\necho '${version}'\n`);
  chmodSync(gitPath, 0o755);
  await expect(connect(server, { repositories: [repository], gitPath })).rejects.toThrow(says);
});

test('a git that does not take its configuration from the stand-in is not used', async () => {
  const gitPath = join(temporary.path, 'deaf');
  const asked = join(temporary.path, 'asked');
  writeFileSync(gitPath, `#!/bin/sh\necho "$*" >> '${asked}'\nunset GIT_COMMON_DIR\nexec git "$@"\n`);
  chmodSync(gitPath, 0o755);
  await using client = await connect(server, { repositories: [repository], gitPath });
  for (const tool of ['git_status', 'git_log']) {
    const { isError, content } = await client.callTool(tool);
    expect([isError, JSON.stringify(content)]).toEqual([true, expect.stringContaining('does not take its configuration')]);
  }
  const commands = readFileSync(asked, 'utf8').trim().split('\n');
  expect(commands.map((line) => line.replace(/^.* (?=config )/, ''))).toEqual(['--version', 'config --null --name-only --list']);
});

test('where git is missing, it says so', async () => {
  await expect(connect(server, { repositories: [repository], gitPath: '/nowhere/git' })).rejects.toThrow(/gitPath names no program/);
  const before = process.env['PATH'];
  process.env['PATH'] = temporary.path;
  try {
    await expect(connect(server, { repositories: [repository] })).rejects.toThrow('git is not installed, or not on PATH.');
  } finally {
    process.env['PATH'] = before;
  }
});
