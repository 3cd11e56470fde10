import { join } from 'node:path';
import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const temporary = temporaryDirectory();
const repository = join(temporary.path, 'project');
const PICTURE = Buffer.from([0x89, 0x50, 0, 1]);

beforeAll(() => {
  layRepository(repository, [
    { files: { 'src/a.ts': 'one\ntwo\nthree\n', 'old.txt': 'a\nb\nc\nd\n' }, message: 'Begin' },
    { files: { 'src/a.ts': 'one\nTWO\nthree\n', 'picture.png': PICTURE }, message: 'Second' },
  ]);
  plainGit(repository, ['branch', 'feature/login', 'HEAD~1']);
  plainGit(repository, ['tag', 'v1', 'HEAD~1']);
  plainGit(repository, ['update-ref', 'refs/remotes/origin/main', 'HEAD']);
  plainGit(repository, ['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main']);
  plainGit(repository, ['mv', 'old.txt', 'new.txt']);
});

afterAll(() => temporary[Symbol.dispose]());

describe.each(GENERATIONS)('%s client', (generation) => {
  let client: TestClient;

  beforeEach(async () => {
    client = await connect(server, { repositories: [repository], maxResultChars: 4_000 }, generation);
  });

  afterEach(() => client[Symbol.asyncDispose]());

  describe('resources', () => {
    test('files and directories of a revision', async () => {
      expect(await client.readResource('git://project/v1/src/a.ts')).toMatchObject({ text: 'one\ntwo\nthree\n', mimeType: 'text/plain' });
      expect(await client.readResource('git://project/feature%2Flogin/src/a.ts')).toMatchObject({ text: 'one\ntwo\nthree\n' });
      expect(await client.readResource('git://project/HEAD~1/src')).toMatchObject({ text: 'a.ts' });
      expect(await client.readResource('git://project/HEAD/picture.png')).toMatchObject({ blob: PICTURE.toString('base64') });
    });

    test.each([
      'git://project/HEAD/nothing',
      'git://project/HEAD/../../etc/passwd',
      'git://project/HEAD/.git/config',
      'git://project/--output=x/src/a.ts',
      'git://project/HEAD%0Av1/src/a.ts',
      'git://project/HEAD/a%0Asrc/a.ts',
      'git://project/HEAD%3Asrc/a.ts',
      'git://..%2Fother/HEAD/f',
      'git://%2Fetc/HEAD/passwd',
    ])('%s is refused', async (uri) => {
      await expect(client.readResource(uri)).rejects.toThrow();
    });

    test('completion of repositories, revisions and paths', async () => {
      const template = 'git://{repo}/{revision}/{+path}';
      expect(await client.complete(template, 'repo', 'pro')).toEqual(['project']);
      expect(await client.complete(template, 'revision', '', { repo: 'project' })).toEqual([
        'HEAD',
        'feature/login',
        'main',
        'origin/HEAD',
        'origin/main',
        'v1',
      ]);
      expect(await client.complete(template, 'revision', 'fea', { repo: 'project' })).toEqual(['feature/login']);
      expect(await client.complete(template, 'path', 'src/', { repo: 'project', revision: 'v1' })).toEqual(['src/a.ts']);
      expect(await client.complete(template, 'path', 's', { repo: 'project', revision: 'v1' })).toEqual(['src/']);
    });

    test('repositories of one directory by their names', async () => {
      const base = join(temporary.path, `several-${generation}`);
      for (const name of ['one', 'two']) layRepository(join(base, name), [{ files: { f: `${name}\n` }, message: name }]);
      await using elsewhere = await connect(server, { repositories: [base] }, generation);
      expect(await elsewhere.complete('git://{repo}/{revision}/{+path}', 'repo', '')).toEqual(['one', 'two']);
      expect(await elsewhere.readResource('git://two/HEAD/f')).toMatchObject({ text: 'two\n' });
    });
  });

  describe('prompts', () => {
    test('commit_message has the staged diff', async () => {
      const [message] = await client.getPrompt('commit_message');
      expect(message).toMatchObject({ role: 'user', content: { text: expect.stringMatching(/Staged changes:\n.*rename to new.txt/s) } });
    });

    test('summarize_changes has that of a range, cut where it is long', async () => {
      const [message] = await client.getPrompt('summarize_changes', { range: 'v1..main' });
      expect(message).toMatchObject({ content: { text: expect.stringContaining('-two\n+TWO') } });
      expect(await client.complete({ prompt: 'summarize_changes' }, 'range', 'v1..ma')).toEqual(['v1..main']);
      const path = join(temporary.path, `prompt-${generation}`);
      const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`file-${index}`, 'line\n'.repeat(20)]));
      layRepository(path, [
        { files: {}, message: 'nothing' },
        { files, message: 'much' },
      ]);
      await using elsewhere = await connect(server, { repositories: [path], maxResultChars: 4_000 }, generation);
      const [long] = await elsewhere.getPrompt('summarize_changes', { range: 'HEAD~1..HEAD' });
      const said = JSON.stringify(long);
      expect(said).toContain('The other patches are left out. All 60 files');
      expect(said.length).toBeLessThan(6_000);
    });

    test('nothing to describe', async () => {
      const path = join(temporary.path, `clean-${generation}`);
      layRepository(path, [{ files: { f: '' }, message: 'one' }]);
      await using elsewhere = await connect(server, { repositories: [path] }, generation);
      await expect(elsewhere.getPrompt('commit_message')).rejects.toThrow('Nothing is staged');
    });
  });
});
