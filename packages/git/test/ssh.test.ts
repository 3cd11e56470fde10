import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { type SshRemote, sshMayRun, startSshRemote } from './containers/sshd.ts';
import { callOn } from './fixture/answers.ts';
import { layFiles, layMarker, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

describe.skipIf(!(await sshMayRun()))('a real OpenSSH server', () => {
  const temporary = temporaryDirectory();
  const { program, mark } = layMarker(temporary.path);
  const [root, path] = [join(temporary.path, 'root'), join(temporary.path, 'root', 'mine')];
  let remote: SshRemote;
  let client: TestClient;
  let url: string;

  const options = () => ({
    repositories: [root],
    write: true,
    toolsets: ['remote' as const],
    allowHosts: [remote.host],
    sshKey: remote.key,
    sshKnownHosts: remote.knownHosts,
    confirmation: 'off' as const,
  });

  beforeAll(async () => {
    remote = await startSshRemote(temporary.path);
    url = `ssh://git@${remote.host}${await remote.init('r')}`;
    layRepository(path, [{ files: { f: '1\n' }, message: 'one' }]);
    plainGit(path, ['remote', 'add', 'origin', url]);
    client = await connect(server, options());
  }, 120_000);

  afterAll(async () => {
    await client?.[Symbol.asyncDispose]();
    await remote?.[Symbol.asyncDispose]();
    temporary[Symbol.dispose]();
  });

  const idOf = (at: string, revision = 'HEAD') => plainGit(at, ['rev-parse', revision]).trim();

  test('push, clone, fetch, pull', async () => {
    expect((await callOn(client, 'git_push', { repo_path: 'mine', set_upstream: true })).data).toMatchObject({
      url,
      state: 'new',
      new: idOf(path),
    });
    expect((await callOn(client, 'git_clone', { url, path: 'clone' })).data).toMatchObject({ branch: 'main', commit: idOf(path) });
    layFiles(path, { f: '2\n' });
    plainGit(path, ['commit', '--quiet', '--all', '--message', 'two']);
    await callOn(client, 'git_push', { repo_path: 'mine' });
    expect((await callOn(client, 'git_fetch', { repo_path: 'clone' })).data).toMatchObject({
      updates: [{ state: 'updated', new: idOf(path) }],
    });
    expect((await callOn(client, 'git_pull', { repo_path: 'clone' })).data).toMatchObject({ state: 'done' });
    expect(readFileSync(join(root, 'clone', 'f'), 'utf8')).toBe('2\n');
    expect((await callOn(client, 'git_clone', { url: url.replace('/r.git', '/absent.git'), path: 'absent' })).code).toBe('not_found');
  });

  test('GIT-069: what a repository configures for ssh is as if it were not there', async () => {
    for (const key of ['core.sshCommand', 'remote.origin.uploadpack', 'remote.origin.receivepack', 'ssh.variant', 'core.gitProxy']) {
      plainGit(path, ['config', key, program]);
    }
    const before = process.env['GIT_SSH_COMMAND'];
    process.env['GIT_SSH_COMMAND'] = program;
    try {
      for (const tool of ['git_fetch', 'git_push']) expect((await callOn(client, tool, { repo_path: 'mine' })).code).toBeUndefined();
    } finally {
      if (before === undefined) delete process.env['GIT_SSH_COMMAND'];
      else process.env['GIT_SSH_COMMAND'] = before;
    }
    expect(existsSync(mark)).toBe(false);
  });

  test('GIT-097: a host whose key nobody knows, or whose key is another, is not believed, and nobody is asked', async () => {
    const other = join(temporary.path, 'other');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other], { stdio: 'ignore' });
    const [name] = readFileSync(remote.knownHosts, 'utf8').split(' ');
    for (const [file, content] of [
      ['empty', ''],
      ['wrong', `${name} ${readFileSync(`${other}.pub`, 'utf8')}`],
    ] as const) {
      layFiles(temporary.path, { [file]: content });
      await using strict = await connect(server, { ...options(), sshKnownHosts: join(temporary.path, file) });
      const { code, text } = await callOn(strict, 'git_fetch', { repo_path: 'mine' });
      expect([code, text]).toEqual(['denied', expect.stringContaining('host key')]);
      expect(readFileSync(join(temporary.path, file), 'utf8')).toBe(content);
    }
    await using stranger = await connect(server, { ...options(), sshKey: other });
    expect((await callOn(stranger, 'git_fetch', { repo_path: 'mine' })).code).toBe('denied');
  });
});
