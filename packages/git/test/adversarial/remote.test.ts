import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { callOn } from '../fixture/answers.ts';
import { type HttpsRemote, startHttpsRemote } from '../fixture/https-remote.ts';
import { layFiles, layMarker, layRepository, plainGit, temporaryDirectory } from '../fixture/repository.ts';
import { settings, urls } from './remote.ts';

const temporary = temporaryDirectory();
const { program, mark } = layMarker(temporary.path);
const [root, out] = [join(temporary.path, 'root'), join(temporary.path, 'out')];
const target = join(root, 'target');
let remote: HttpsRemote;
let elsewhere: { url: string; requests: string[]; server: Server };
let client: TestClient;
let bare: string;
let url: string;

const options = () => ({
  repositories: [root],
  write: true,
  destructive: true,
  toolsets: ['remote' as const],
  allowHosts: [remote.host],
  caFile: remote.caFile,
  confirmation: 'off' as const,
  authorName: 'Operator',
  authorEmail: 'operator@example.com',
});

beforeAll(async () => {
  remote = await startHttpsRemote(temporary.path);
  const requests: string[] = [];
  const listener = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.writeHead(500).end();
  });
  listener.on('connect', (request, socket) => {
    requests.push(request.url ?? '');
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  elsewhere = { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`, requests, server: listener };
  layRepository(target, [{ files: { f: '1\n' }, message: 'one' }]);
  layFiles(out, { secret: 'outside\n' });
  bare = join(remote.directory, 'r.git');
  url = `https://${remote.host}/r.git`;
  plainGit(remote.directory, ['clone', '--quiet', '--bare', '--template=', target, bare]);
  plainGit(bare, ['config', 'http.receivepack', 'true']);
  plainGit(target, ['remote', 'add', 'origin', url]);
  client = await connect(server, options());
});

beforeEach(() => {
  remote.requests.length = 0;
  elsewhere.requests.length = 0;
  rmSync(mark, { force: true });
});

afterEach(() => {
  remote.intercept = undefined;
  expect([existsSync(mark), elsewhere.requests, readdirSync(out)]).toEqual([false, [], ['secret']]);
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await remote[Symbol.asyncDispose]();
  await new Promise((resolve) => elsewhere.server.close(resolve));
  temporary[Symbol.dispose]();
});

/** A repository that follows the remote, and is one commit behind and one ahead. */
let count = 0;
function layClone(): string {
  const path = join(root, `r${count++}`);
  plainGit(root, ['clone', '--quiet', '--template=', bare, path]);
  plainGit(path, ['remote', 'set-url', 'origin', url]);
  return path;
}

describe('URLs that are not talked to', () => {
  test.each(urls)('%s %j -> %s: %s', async (_id, text, code) => {
    const given = text.replaceAll('{host}', remote.host).replaceAll('{out}', out);
    const answer = await callOn(client, 'git_clone', { url: given, path: 'new' });
    expect([answer.code, answer.text]).toEqual([code, expect.not.stringMatching(/TOKEN|secret/)]);
    expect(existsSync(join(root, 'new'))).toBe(false);
    if (/[\0\n]/.test(given)) return;
    // The same, where a repository brings it along.
    for (const key of ['url', 'pushurl']) {
      plainGit(target, ['config', `remote.origin.${key}`, given]);
      const tool = key === 'url' ? 'git_fetch' : 'git_push';
      const { code: refused, text: said } = await callOn(client, tool, { repo_path: target });
      expect([tool, refused, said]).toEqual([
        tool,
        expect.stringMatching(/^(?:denied|invalid_input)$/),
        expect.not.stringMatching(/TOKEN/),
      ]);
      plainGit(target, ['config', ...(key === 'url' ? ['remote.origin.url', url] : ['--unset', 'remote.origin.pushurl'])]);
    }
    expect(remote.requests).toEqual([]);
  });

  test.each([join('{out}', 'new'), '../new', 'link/new', 'target/.git/new', 'target/.GIT', '.', '--template=x/y'])(
    'GIT-013: into %s',
    async (path) => {
      const given = path.replace('{out}', out);
      const { code } = await callOn(client, 'git_clone', { url, path: given });
      expect(['denied', 'not_found', 'conflict']).toContain(code);
      expect(remote.requests).toEqual([]);
    },
  );

  test.each(['-x', '--upload-pack=x', 'a..b', 'refs/heads/x', '', 'a:b', '*'])('GIT-031: %j is no branch or remote', async (name) => {
    for (const [tool, args] of [
      ['git_fetch', { branch: name }],
      ['git_pull', { branch: name }],
      ['git_push', { branch: name }],
      ['git_push', { tag: name }],
      ['git_push_force', { branch: name }],
      ['git_delete_remote_branch', { branch: name }],
      ['git_clone', { url, branch: name, path: 'new' }],
    ] as const) {
      const { code } = await callOn(client, tool, tool === 'git_clone' ? args : { repo_path: target, ...args });
      expect([tool, code]).toEqual([tool, 'invalid_input']);
    }
    expect((await callOn(client, 'git_fetch', { repo_path: target, remote: name })).code).toBe('not_found');
    expect(remote.requests).toEqual([]);
  });

  test('GIT-001: repositories outside are neither fetched into nor pushed from', async () => {
    for (const tool of ['git_fetch', 'git_pull', 'git_push']) expect((await callOn(client, tool, { repo_path: out })).code).toBe('denied');
    expect(remote.requests).toEqual([]);
  });
});

describe('what a repository configures', () => {
  test('plain git does run it', () => {
    const path = layClone();
    plainGit(path, ['config', 'core.sshCommand', program]);
    plainGit(path, ['remote', 'set-url', 'origin', 'git@localhost:r.git']);
    expect(() => plainGit(path, ['fetch'])).toThrow();
    expect(existsSync(mark)).toBe(true);
    rmSync(mark);
  });

  test.each(settings)('%s %s is as if it were not there', async (_id, _name, lay) => {
    const path = layClone();
    lay({ path, program, elsewhere: elsewhere.url, url });
    const before = process.env['GIT_ASKPASS'];
    process.env['GIT_ASKPASS'] = program;
    try {
      expect((await callOn(client, 'git_fetch', { repo_path: path })).code).toBeUndefined();
      expect((await callOn(client, 'git_pull', { repo_path: path })).code).toBeUndefined();
      layFiles(path, { [`own${count}`]: '1\n' });
      plainGit(path, ['-c', 'core.hooksPath=/dev/null', '-c', 'core.alternateRefsCommand=', 'add', '--all']);
      plainGit(path, ['-c', 'core.hooksPath=/dev/null', 'commit', '--quiet', '--message', 'own']);
      expect((await callOn(client, 'git_push', { repo_path: path })).data).toMatchObject({ state: 'updated' });
    } finally {
      if (before === undefined) delete process.env['GIT_ASKPASS'];
      else process.env['GIT_ASKPASS'] = before;
    }
    expect(remote.requests.map(({ authorization }) => authorization).filter((each) => each !== undefined)).toEqual([]);
    expect(existsSync(join(path, '.git', 'refs', 'heads', 'x'))).toBe(false);
  });

  test('GIT-069: nor does the configuration of the user count for remotes', async () => {
    const home = join(temporary.path, 'home');
    layFiles(home, {
      '.gitconfig': `[url "${elsewhere.url}/"]\n\tinsteadOf = https://localhost\n[credential]\n\thelper = !${program}\n[http]\n\tproxy = ${elsewhere.url}\n`,
      '.netrc': 'machine localhost login a password b\n',
    });
    const before = process.env['HOME'];
    process.env['HOME'] = home;
    try {
      await using trusting = await connect(server, { ...options(), userConfig: true });
      expect((await callOn(trusting, 'git_fetch', { repo_path: layClone() })).code).toBeUndefined();
    } finally {
      process.env['HOME'] = before;
    }
    expect(remote.requests.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  test('GIT-099: a password in the URL of a remote is not used, and appears nowhere', async () => {
    const path = layClone();
    plainGit(path, ['remote', 'set-url', 'origin', `https://user:TOKEN@${remote.host}/r.git`]);
    for (const tool of ['git_fetch', 'git_pull', 'git_push', 'git_status']) {
      const answer = await client.callTool(tool, { repo_path: path });
      expect(JSON.stringify(answer)).not.toContain('TOKEN');
    }
    expect(JSON.stringify(client.log)).not.toContain('TOKEN');
    plainGit(path, ['remote', 'set-url', 'origin', `https://TOKEN@${remote.host}/r.git`]);
    const { code, text, data } = await callOn(client, 'git_fetch', { repo_path: path });
    expect([code, `${text}${JSON.stringify(data)}`]).toEqual([undefined, expect.not.stringContaining('TOKEN')]);
  });

  test('several URLs to push to are not pushed to in part', async () => {
    const path = layClone();
    plainGit(path, ['config', '--add', 'remote.origin.url', url]);
    expect((await callOn(client, 'git_push', { repo_path: path })).code).toBe('conflict');
  });
});

describe('a hostile or broken remote', () => {
  const fetching = (args: Record<string, unknown> = {}) => callOn(client, 'git_fetch', { repo_path: target, ...args });

  test.each([301, 302, 307, 308])('GIT-102: a redirect (%d) is not followed', async (status) => {
    remote.intercept = (request, response) => {
      response.writeHead(status, { location: `${elsewhere.url}${request.url}` }).end();
      return true;
    };
    expect((await fetching()).code).toBe('denied');
  });

  test('GIT-102: a dumb server that names other places for objects', async () => {
    const id = '1'.repeat(40);
    remote.intercept = (request, response) => {
      const path = request.url ?? '';
      if (path.includes('info/refs')) response.writeHead(200, { 'content-type': 'text/plain' }).end(`${id}\trefs/heads/main\n`);
      else if (path.endsWith('alternates')) response.end(`${elsewhere.url}/objects\n`);
      else response.writeHead(404).end();
      return true;
    };
    expect((await fetching()).code).toBeDefined();
  });

  test.each([
    ['GIT-097: asks for a password', 401, { 'www-authenticate': 'Basic realm="x"' }, 'denied'],
    ['refuses', 403, {}, 'denied'],
    ['knows nothing', 404, {}, 'not_found'],
    ['is broken', 500, {}, 'unavailable'],
  ] as const)('%s', async (_why, status, headers, code) => {
    remote.intercept = (_request, response) => {
      response.writeHead(status, headers).end();
      return true;
    };
    expect((await fetching()).code).toBe(code);
    expect((await callOn(client, 'git_clone', { url, path: 'new' })).code).toBe(code);
    expect(existsSync(join(root, 'new'))).toBe(false);
  });

  test('one that answers rubbish, and one that names refs that lead elsewhere', async () => {
    const line = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
    const id = plainGit(bare, ['rev-parse', 'main']).trim();
    const bodies = [
      'rubbish',
      '0',
      `${line('# service=git-upload-pack\n')}0000${line(`${id} refs/heads/../../hooks/post-checkout\0 agent=x\n`)}0000`,
      `${line('# service=git-upload-pack\n')}0000${line(`${id} refs/heads/--upload-pack=x\0 agent=x\n`)}${line(`${id} HEAD/../x\n`)}0000`,
    ];
    for (const body of bodies) {
      remote.intercept = (request, response) => {
        if (request.method === 'POST') response.writeHead(500).end();
        else response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' }).end(body);
        return true;
      };
      await fetching();
      await callOn(client, 'git_clone', { url, path: 'new' });
    }
    expect(existsSync(join(root, 'new', '.git', 'hooks'))).toBe(false);
    rmSync(join(root, 'new'), { recursive: true, force: true });
    expect(plainGit(target, ['for-each-ref', '--format=%(refname)'])).not.toMatch(/hooks|upload-pack/);
  });

  test('one that never answers ends at the deadline, and nothing stays', async () => {
    remote.intercept = () => true;
    await using impatient = await connect(server, { ...options(), callTimeoutMs: 700 });
    expect((await callOn(impatient, 'git_clone', { url, path: 'hung' })).code).toBe('timeout');
    await expect.poll(() => existsSync(join(root, 'hung'))).toBe(false);
  });

  test('GIT-103: a certificate of an authority that nobody has named', async () => {
    await using strict = await connect(server, { ...options(), caFile: undefined });
    const path = layClone();
    plainGit(path, ['config', 'http.sslVerify', 'false']);
    expect((await callOn(strict, 'git_fetch', { repo_path: path })).code).toBe('denied');
    expect(remote.requests).toEqual([]);
  });

  test.each([
    ['GIT-074', '.git', '100644'],
    ['GIT-074', '.GIT', '100644'],
    ['GIT-074', 'git~1', '100644'],
    ['GIT-074', '.g\u200cit', '100644'],
    ['GIT-074', '..', '040000'],
  ])('%s: a tree with %j in it is not taken', async (_id, name, mode) => {
    const evil = join(remote.directory, 'evil.git');
    rmSync(evil, { recursive: true, force: true });
    plainGit(remote.directory, ['init', '--quiet', '--bare', '--initial-branch=main', '--template=', evil]);
    const blob = plainGit(evil, ['hash-object', '-w', '--stdin'], {}, 'x');
    const inner = plainGit(evil, ['mktree'], {}, `100644 blob ${blob.trim()}\tx\n`).trim();
    const entry = Buffer.concat([
      Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`),
      Buffer.from(mode === '040000' ? inner : blob.trim(), 'hex'),
    ]);
    const tree = plainGit(evil, ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], {}, entry).trim();
    plainGit(evil, ['update-ref', 'refs/heads/main', plainGit(evil, ['commit-tree', '-m', 'evil', tree]).trim()]);
    const { code } = await callOn(client, 'git_clone', { url: url.replace('r.git', 'evil.git'), path: 'evil' });
    expect([code, existsSync(join(root, 'evil'))]).toEqual(['denied', false]);
  });

  test('GIT-073: a submodule of a clone is not looked into, and one whose URL is an option is not taken', async () => {
    const source = join(temporary.path, 'with-submodule');
    layRepository(source, [
      { files: { f: '1\n', '.gitmodules': `[submodule "s"]\n\tpath = s\n\turl = ${elsewhere.url}/s\n` }, message: 'one' },
    ]);
    const commit = plainGit(source, ['rev-parse', 'HEAD']).trim();
    plainGit(source, ['update-index', '--add', '--cacheinfo', `160000,${commit},s`]);
    plainGit(source, ['commit', '--quiet', '--message', 'two']);
    plainGit(remote.directory, ['clone', '--quiet', '--bare', '--template=', source, 'sub.git']);
    expect((await callOn(client, 'git_clone', { url: url.replace('r.git', 'sub.git'), path: 'sub' })).code).toBeUndefined();
    expect(readdirSync(join(root, 'sub', 's'))).toEqual([]);
    layFiles(source, { '.gitmodules': '[submodule "s"]\n\tpath = s\n\turl = -u./payload\n' });
    plainGit(source, ['commit', '--quiet', '--all', '--message', 'three']);
    plainGit(source, ['push', '--quiet', join(remote.directory, 'sub.git'), 'main']);
    expect((await callOn(client, 'git_fetch', { repo_path: 'sub' })).code).toBe('denied');
  });
});

test('the credential helper of the operator is asked, by itself, and its password is nowhere', async () => {
  const helper = join(temporary.path, 'helper.sh');
  layFiles(temporary.path, {
    'helper.sh': `#!/bin/sh\necho "$1 $HOME" >> '${temporary.path}/asked'\ncat >/dev/null\necho username=gardener\necho password=TOKEN\n`,
  });
  chmodSync(helper, 0o755);
  remote.intercept = (request, response) => {
    if (request.headers.authorization === `Basic ${Buffer.from('gardener:TOKEN').toString('base64')}`) return false;
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    return true;
  };
  await using trusting = await connect(server, { ...options(), credentialHelper: helper });
  const path = layClone();
  plainGit(path, ['config', 'credential.helper', `!${program}`]);
  const { code, data } = await callOn(trusting, 'git_fetch', { repo_path: path });
  expect([code, JSON.stringify([data, trusting.log])]).toEqual([undefined, expect.not.stringContaining('TOKEN')]);
  expect(readFileSync(join(temporary.path, 'asked'), 'utf8')).toContain(`get ${process.env['HOME']}`);
});

test('http is for hosts that are named with it', async () => {
  const directory = join(temporary.path, 'plain');
  layFiles(directory, { keep: '' });
  await using plain = await startHttpsRemote(directory, { plain: true });
  plainGit(plain.directory, ['clone', '--quiet', '--bare', '--template=', target, 'r.git']);
  await using clear = await connect(server, { ...options(), allowHosts: [`http://${plain.host}`] });
  expect((await callOn(clear, 'git_clone', { url: `http://${plain.host}/r.git`, path: 'clear' })).code).toBeUndefined();
  expect((await callOn(clear, 'git_clone', { url: `https://${plain.host}/r.git`, path: 'tls' })).code).toBe('denied');
});

test('GIT-100: what rewrites or deletes is there with destructive only; a clone needs no repository', async () => {
  await using careful = await connect(server, { ...options(), repositories: [root, target], destructive: false });
  const tools = await careful.listTools();
  const names = tools.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['git_fetch', 'git_pull', 'git_push', 'git_clone']));
  expect(names.filter((name) => /force|delete|reset_hard/.test(name))).toEqual([]);
  expect(tools.find(({ name }) => name === 'git_clone')?.inputSchema['required']).toEqual(['url']);
  expect(tools.find(({ name }) => name === 'git_fetch')?.inputSchema['required']).toEqual(['repo_path']);
  for (const args of [{ force: true }, { delete: true }, { options: ['--force'] }, { branch: ':main' }, { branch: 'main:x' }]) {
    expect((await callOn(careful, 'git_push', { repo_path: target, ...args })).code).toBe('invalid_input');
  }
});

test.each([
  [{ allowHosts: [] }, 'needs allowHosts'],
  [{ allowHosts: ['https://'] }, 'names no host'],
  [{ allowHosts: ['*'] }, 'names no host'],
  [{ allowHosts: ['*.127.0.0.1'] }, 'names no host'],
  [{ allowHosts: ['user@github.com'] }, 'names no host'],
  [{ credentialHelper: '!sh' }, 'credentialHelper must'],
  [{ credentialHelper: './helper' }, 'credentialHelper must'],
  [{ sshKey: 'key' }, 'sshKey must'],
  [{ write: false, destructive: false }, 'needs write'],
])('settings that stop the start: %j', async (more, says) => {
  await expect(connect(server, { ...options(), ...more })).rejects.toThrow(says);
});
