import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const temporary = temporaryDirectory();
const repository = join(temporary.path, 'project');

beforeAll(() => {
  layRepository(repository, [
    { files: { 'README.md': '# Project\n', 'src/a.ts': 'export const a = 1;\n' }, message: 'Begin\n\nWith a body\nCommit: forged' },
    {
      files: { 'src/b.ts': 'export const b = 2;\n', 'package-lock.json': '{}\n' },
      message: 'Add b',
      author: ['Operator', 'operator@example.com'],
    },
    { files: { 'src/a.ts': 'export const a = 10;\n', 'picture.png': Buffer.from([0x89, 0x50, 0, 1]) }, message: 'Change a' },
    { files: { 'latin.txt': Buffer.from('caf\xe9\n', 'latin1') }, message: 'Add latin' },
  ]);
  plainGit(repository, ['branch', 'side', 'HEAD~2']);
  plainGit(repository, ['tag', '-a', '-m', 'the first', 'v1', 'HEAD~3']);
  plainGit(repository, ['config', 'branch.main.remote', '.']);
  plainGit(repository, ['config', 'branch.main.merge', 'refs/heads/side']);
});

afterAll(() => temporary[Symbol.dispose]());

describe.each(GENERATIONS)('%s client', (generation) => {
  let client: TestClient;

  beforeEach(async () => {
    client = await connect(server, { repositories: [repository], maxResultChars: 4_000 }, generation);
  });

  afterEach(() => client[Symbol.asyncDispose]());

  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { content, structuredContent, isError, _meta } = await client.callTool(name, args);
    const [block] = content;
    return { text: block?.type === 'text' ? block.text : '', data: structuredContent ?? {}, code: isError ? _meta?.code : undefined };
  };

  describe('git_status', () => {
    test('a clean work tree, its branch and how far it is from what it follows', async () => {
      const { text, data } = await call('git_status');
      expect(text).toMatch(
        /^Repository status:\nOn branch main \([0-9a-f]{10}\)\nFollows side, ahead 2\nNothing to commit, the work tree is clean$/,
      );
      expect(data).toMatchObject({ branch: 'main', upstream: 'side', ahead: 2, behind: 0, stashes: 0, staged: [], untracked: [] });
    });

    test('what is staged, changed, renamed and untracked', async () => {
      layFiles(repository, { 'src/b.ts': 'export const b = 3;\n', 'new\nline.txt': '', 'src/c.ts': 'export const c = 3;\n' });
      plainGit(repository, ['mv', 'README.md', 'READ ME.md']);
      plainGit(repository, ['add', 'src/c.ts']);
      try {
        const { text, data } = await call('git_status', { repo_path: join(repository, 'src') });
        expect(data).toMatchObject({
          staged: [
            { path: 'READ ME.md', from: 'README.md', change: 'R' },
            { path: 'src/c.ts', change: 'A' },
          ],
          unstaged: [{ path: 'src/b.ts', change: 'M' }],
          untracked: [{ path: 'new\nline.txt' }],
          counts: { staged: 2, unstaged: 1, untracked: 1, conflicted: 0 },
        });
        expect(text.split('\n').slice(3)).toEqual([
          'Staged (2):',
          '  R README.md -> READ ME.md',
          '  A src/c.ts',
          'Not staged (1):',
          '  M src/b.ts',
          'Untracked (1):',
          '  ? "new\\nline.txt"',
        ]);
      } finally {
        plainGit(repository, ['reset', '--quiet', '--hard']);
        rmSync(join(repository, 'new\nline.txt'));
      }
    });

    test('conflicts', async () => {
      const path = join(temporary.path, `conflict-${generation}`);
      layRepository(path, [{ files: { f: '1\n' }, message: 'one' }]);
      plainGit(path, ['checkout', '--quiet', '-b', 'other']);
      layFiles(path, { f: '2\n' });
      plainGit(path, ['commit', '--quiet', '--all', '--message=two']);
      plainGit(path, ['checkout', '--quiet', 'main']);
      layFiles(path, { f: '3\n' });
      plainGit(path, ['commit', '--quiet', '--all', '--message=three']);
      expect(() => plainGit(path, ['merge', 'other'])).toThrow();
      await using elsewhere = await connect(server, { repositories: [path] }, generation);
      const { structuredContent } = await elsewhere.callTool('git_status');
      expect(structuredContent).toMatchObject({ conflicted: [{ path: 'f', change: 'UU' }], counts: { conflicted: 1 } });
    });

    test('long lists are counted, and cut', async () => {
      const path = join(temporary.path, `many-${generation}`);
      layRepository(path, [{ files: { f: '' }, message: 'one' }]);
      layFiles(path, Object.fromEntries(Array.from({ length: 700 }, (_, index) => [`file-${index}`, ''])));
      await using elsewhere = await connect(server, { repositories: [path] }, generation);
      const { structuredContent, content } = await elsewhere.callTool('git_status');
      expect(structuredContent).toMatchObject({ counts: { untracked: 700 } });
      expect(structuredContent?.['untracked']).toHaveLength(500);
      expect(content[0]).toMatchObject({ text: expect.stringContaining('  [200 more]') });
    });

    test('a repository without commits', async () => {
      const path = join(temporary.path, `empty-${generation}`);
      layRepository(path, []);
      await using elsewhere = await connect(server, { repositories: [path] }, generation);
      expect((await elsewhere.callTool('git_status')).structuredContent).toMatchObject({ branch: 'main' });
      expect(await elsewhere.callTool('git_log')).toMatchObject({ isError: true, _meta: { code: 'not_found' } });
    });
  });

  describe('git_log', () => {
    test('blocks in the official form, that no message can forge', async () => {
      const { text, data } = await call('git_log');
      expect(text.match(/^Commit: [0-9a-f]{40}$/gm)).toHaveLength(4);
      expect(text).toMatch(
        /^Commit history:\nCommit: \w+\nAuthor: Gardener <gardener@example.com>\nDate: 2026-01-01T12:03:00\+00:00\nMessage: Add latin\n\nCommit: /,
      );
      expect(text).toContain('Message: Begin\n    \n    With a body\n    Commit: forged');
      expect(data['commits']).toHaveLength(4);
      expect(data['commits']).toMatchObject([
        { refs: ['HEAD -> main'] },
        {},
        { refs: ['side'] },
        { refs: ['tag: v1'], message: 'Begin\n\nWith a body\nCommit: forged' },
      ]);
    });

    test.each<[string, Record<string, unknown>, string[]]>([
      ['the author', { author: 'operator' }, ['Add b']],
      ['text in messages', { grep: 'ADD' }, ['Add latin', 'Add b']],
      ['patterns are text', { grep: 'A.d' }, []],
      ['a path', { path: 'src/a.ts' }, ['Change a', 'Begin']],
      ['a range', { revision: 'side..main' }, ['Add latin', 'Change a']],
      ['a range, both ways', { revision: 'main...side' }, ['Add latin', 'Change a']],
      ['a range to HEAD', { revision: 'HEAD~1..' }, ['Add latin']],
      ['a tag', { revision: 'v1' }, ['Begin']],
      ['dates', { start_timestamp: '2026-01-01T12:00:30Z', end_timestamp: '2026-01-01 12:02:30 +0000' }, ['Change a', 'Add b']],
      ['dates in words', { start_timestamp: '2 weeks ago', end_timestamp: '2026-01-01' }, []],
      ['a count', { max_count: 1 }, ['Add latin']],
    ])('by %s', async (_by, args, messages) => {
      const { data, text, code } = await call('git_log', { oneline: true, ...args });
      expect(code).toBeUndefined();
      expect((data['commits'] as { message: string }[]).map(({ message }) => message)).toEqual(messages);
      expect(text.split('\n').length).toBe(messages.length === 0 ? 2 : messages.length + 1 + (data['nextCursor'] === undefined ? 0 : 2));
    });

    test('page by page, unmoved by later commits', async () => {
      const path = join(temporary.path, `pages-${generation}`);
      layRepository(
        path,
        Array.from({ length: 5 }, (_, index) => ({ files: { f: String(index) }, message: `c${index}` })),
      );
      await using elsewhere = await connect(server, { repositories: [path] }, generation);
      const messages: string[] = [];
      let cursor: unknown;
      do {
        const { structuredContent = {} } = await elsewhere.callTool('git_log', {
          max_count: 2,
          ...(cursor === undefined ? {} : { cursor }),
        });
        messages.push(...(structuredContent['commits'] as { message: string }[]).map(({ message }) => message));
        cursor = structuredContent['nextCursor'];
        layFiles(path, { f: String(cursor) });
        plainGit(path, ['commit', '--quiet', '--all', '--message=later']);
      } while (cursor !== undefined);
      expect(messages).toEqual(['c4', 'c3', 'c2', 'c1', 'c0']);
    });
  });

  describe('git_show', () => {
    test('a commit: its header, its files, its patches', async () => {
      const { text, data } = await call('git_show', { revision: 'HEAD~1' });
      expect(text).toContain(
        'Message: Change a\n\nA picture.png binary 4 bytes\nM src/a.ts +1 -1\n2 files changed, +1 -1\n\ndiff --git a/src/a.ts b/src/a.ts\n',
      );
      expect(text).toContain('-export const a = 1;\n+export const a = 10;');
      expect(data).toMatchObject({ kind: 'commit', stat: { added: 1, deleted: 1 }, omitted: 1, patches: [{ path: 'src/a.ts' }] });
    });

    test('the first commit, a tag, the stat alone, single paths', async () => {
      expect((await call('git_show', { revision: 'v1' })).data).toMatchObject({
        stat: { files: [{ path: 'README.md', change: 'A' }, { path: 'src/a.ts' }] },
      });
      expect((await call('git_show', { revision: 'v1', stat: true })).data).toMatchObject({ patches: [] });
      expect((await call('git_show', { revision: 'v1', paths: ['src'] })).data).toMatchObject({ patches: [{ path: 'src/a.ts' }] });
    });

    test('lock files only when they are asked for', async () => {
      expect((await call('git_show', { revision: 'side' })).data).toMatchObject({ omitted: 1, patches: [{ path: 'src/b.ts' }] });
      expect((await call('git_show', { revision: 'side', paths: ['package-lock.json'] })).data).toMatchObject({
        patches: [{ path: 'package-lock.json' }],
      });
    });

    test('files and directories of a revision', async () => {
      expect(await call('git_show', { revision: 'v1:src/a.ts' })).toMatchObject({
        text: 'export const a = 1;\n',
        data: { kind: 'file', size: 20 },
      });
      expect(await call('git_show', { revision: 'HEAD:latin.txt' })).toMatchObject({ text: 'caf\ufffd\n', data: { inexact: true } });
      expect(await call('git_show', { revision: 'HEAD:picture.png' })).toMatchObject({ text: '[Binary, 4 bytes]' });
      expect(await call('git_show', { revision: 'HEAD:src/' })).toMatchObject({ text: 'a.ts\nb.ts', data: { kind: 'directory' } });
      expect(await call('git_show', { revision: 'v1:' })).toMatchObject({ text: 'README.md\nsrc/' });
      expect(await call('git_show', { revision: 'v1:src/b.ts' })).toMatchObject({ code: 'not_found' });
    });

    test('a long patch page by page is the whole patch', async () => {
      const path = join(temporary.path, `long-${generation}`);
      const files = Object.fromEntries(
        ['a', 'b', 'c'].map((name) => [`${name}.txt`, Array.from({ length: 300 }, (_, line) => `${name} ${line}\n`).join('')]),
      );
      layRepository(path, [{ files, message: 'long' }]);
      await using elsewhere = await connect(server, { repositories: [path], maxResultChars: 2_000 }, generation);
      const lines: string[] = [];
      let cursor: unknown;
      do {
        const answer = await elsewhere.callTool('git_show', { revision: 'HEAD', ...(cursor === undefined ? {} : { cursor }) });
        expect(answer.isError).toBeUndefined();
        const { patches, nextCursor } = answer.structuredContent as { patches: { text: string }[]; nextCursor?: string };
        for (const { text } of patches) lines.push(...text.split('\n'));
        cursor = nextCursor;
      } while (cursor !== undefined);
      expect(`${lines.join('\n')}\n`).toBe(plainGit(path, ['show', '--format=', '--no-color', 'HEAD']));
    });
  });

  test('a file that is long, page by page', async () => {
    const path = join(temporary.path, `file-${generation}`);
    const text = Array.from({ length: 1_000 }, (_, line) => `line ${line}\n`).join('');
    layRepository(path, [{ files: { f: text }, message: 'long' }]);
    await using elsewhere = await connect(server, { repositories: [path], maxResultChars: 2_000 }, generation);
    let [whole, cursor]: [string, unknown] = ['', undefined];
    do {
      const { structuredContent } = await elsewhere.callTool('git_show', {
        revision: 'HEAD:f',
        ...(cursor === undefined ? {} : { cursor }),
      });
      whole += structuredContent?.['text'];
      cursor = structuredContent?.['nextCursor'];
    } while (cursor !== undefined);
    expect(whole).toBe(text);
  });

  test('linked work trees and bare repositories', async () => {
    const base = join(temporary.path, `kinds-${generation}`);
    layRepository(join(base, 'main'), [{ files: { f: '1\n' }, message: 'one' }]);
    plainGit(join(base, 'main'), ['worktree', 'add', '--quiet', '-b', 'linked', '../linked']);
    plainGit(base, ['clone', '--quiet', '--bare', 'main', 'bare.git']);
    writeFileSync(join(base, 'linked', 'new'), '');
    await using elsewhere = await connect(server, { repositories: [base] }, generation);
    expect((await elsewhere.callTool('git_status', { repo_path: 'linked' })).structuredContent).toMatchObject({
      branch: 'linked',
      untracked: [{ path: 'new' }],
    });
    expect((await elsewhere.callTool('git_log', { repo_path: 'bare.git' })).structuredContent).toMatchObject({
      commits: [{ message: 'one' }],
    });
    expect(await elsewhere.callTool('git_status', { repo_path: 'bare.git' })).toMatchObject({
      isError: true,
      _meta: { code: 'invalid_input' },
    });
    expect(await elsewhere.callTool('git_status')).toMatchObject({ isError: true, _meta: { code: 'not_found' } });
  });
});
