import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { callOn } from './fixture/answers.ts';
import { layFiles, layMarker, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

/** A host that is allowed, and where nobody answers. */
const URL = 'https://localhost:1/r.git';

const temporary = temporaryDirectory();
const { program } = layMarker(temporary.path);
let client: TestClient;
let count = 0;

beforeAll(async () => {
  const settings = { write: true, destructive: true, toolsets: ['remote' as const], confirmation: 'off' as const };
  client = await connect(server, { repositories: [temporary.path], ...settings, allowHosts: ['localhost:1'] });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

/** A repository with these lines in its configuration, whose remotes have a branch `side`. */
function lay(remotes: readonly string[], more = ''): string {
  const path = join(temporary.path, `r${count++}`);
  layRepository(path, [{ files: { f: '' }, message: 'one' }]);
  const id = plainGit(path, ['rev-parse', 'HEAD']);
  for (const name of remotes.filter((each) => /^[\w/.-]+$/.test(each) && !each.includes('..') && each.length < 200))
    layFiles(path, { [`.git/refs/remotes/${name}/side`]: id });
  const quoted = remotes.map(
    (name) => `[remote "${name.replace(/["\\]/g, '\\$&')}"]\n\turl = ${URL}\n\tfetch = +refs/heads/*:refs/remotes/${name}/*\n`,
  );
  const before = '[core]\n\trepositoryformatversion = 0\n\tbare = false\n';
  layFiles(path, { '.git/config': `${before}${quoted.join('')}${more}` });
  return path;
}

const NAMES = [
  '--upload-pack=x',
  '-x',
  'a b',
  'a\tb',
  '../x',
  'a..b',
  'x.lock',
  '.x',
  'a/.b',
  'HEAD',
  '@',
  'a@{b',
  'a:b',
  'refs/x',
  'a*',
  'x'.repeat(300),
  `;${'$'}(x)^`,
];

describe('GIT-031, GIT-069: names of remotes that a repository has chosen', () => {
  test.each(NAMES)('%j: asked for or the only one, it is refused before anybody is talked to', async (name) => {
    const path = lay([name]);
    for (const [tool, args] of [
      ['git_fetch', {}],
      ['git_fetch', { remote: name }],
      ['git_pull', { remote: name }],
      ['git_push', { remote: name, set_upstream: true }],
      ['git_push_force', { remote: name, branch: 'side', expected: 'HEAD' }],
      ['git_delete_remote_branch', { remote: name, branch: 'side', expected: 'HEAD' }],
    ] as const) {
      const { code } = await callOn(client, tool, { repo_path: path, ...args });
      expect([tool, ['invalid_input', 'not_found'].includes(String(code))]).toEqual([tool, true]);
    }
    expect((await callOn(client, 'git_checkout', { repo_path: path, branch_name: 'side' })).code).toBe('not_found');
  });

  test.each(['origin', 'team/main', 'Origin', 'with.dot', 'a"b', 'käfer', `it's`])('%j is a name', async (name) => {
    const path = lay([name]);
    expect(await callOn(client, 'git_fetch', { repo_path: path, remote: name })).toMatchObject({ code: 'unavailable' });
    expect(await callOn(client, 'git_fetch', { repo_path: path })).toMatchObject({ code: 'unavailable' });
  });

  test('a branch of a remote with a slash in its name is checked out, and follows that remote', async () => {
    const path = lay(['team/main']);
    expect((await callOn(client, 'git_checkout', { repo_path: path, branch_name: 'team/main/side' })).data).toMatchObject({
      branch: 'side',
      follows: 'team/main/side',
    });
    expect(plainGit(path, ['config', 'branch.side.remote']).trim()).toBe('team/main');
  });

  test('one remote inside the name of another: which one is meant must be said', async () => {
    const path = lay(['team', 'team/main']);
    layFiles(path, { '.git/refs/remotes/team/main/side': plainGit(path, ['rev-parse', 'HEAD']) });
    const { code, text } = await callOn(client, 'git_checkout', { repo_path: path, branch_name: 'team/main/side' });
    expect([code, text]).toEqual(['conflict', expect.stringContaining('Several remotes')]);
  });

  test.each([
    ['branch.main.remote is an option', '[branch "main"]\n\tremote = --upload-pack=x\n\tmerge = refs/heads/main\n'],
    ['branch.main.pushRemote is an option', '[branch "main"]\n\tpushRemote = -x\n'],
    ['remote.pushDefault is a URL', '[remote]\n\tpushDefault = ext::sh\n'],
    ['branch.main.remote is a URL', `[branch "main"]\n\tremote = ext::${program}\n`],
  ])('%s: it is not believed, and origin is meant', async (_what, more) => {
    const path = lay(['origin', 'other'], more);
    for (const tool of ['git_fetch', 'git_push'])
      expect(await callOn(client, tool, { repo_path: path })).toMatchObject({ code: 'unavailable' });
  });

  test('one that is not there is told by the names that are', async () => {
    const { code, text } = await callOn(client, 'git_fetch', { repo_path: lay(['origin', 'b\u202ed']), remote: 'nowhere' });
    expect([code, text]).toEqual(['not_found', expect.stringMatching(/Remotes: origin, b\\u\{202e\}d|Remotes: origin, "b\\u/)]);
  });
});
