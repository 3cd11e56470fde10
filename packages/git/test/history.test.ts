import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const temporary = temporaryDirectory();
const settings = { write: true, toolsets: ['history'], authorName: 'Operator', authorEmail: 'operator@example.com' } as const;
let count = 0;

afterAll(() => temporary[Symbol.dispose]());

describe.each(GENERATIONS)('%s client', (generation) => {
  let client: TestClient;
  let path: string;

  beforeEach(async () => {
    path = join(temporary.path, `r${count++}`);
    layRepository(path, [{ files: { f: '1\n', g: 'g\n', '.gitignore': '*.env\n' }, message: 'one' }]);
    client = await connect(server, { repositories: [path], ...settings, toolsets: [...settings.toolsets] }, generation);
  });

  afterEach(() => client[Symbol.asyncDispose]());

  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { content, structuredContent, isError, _meta } = await client.callTool(name, args);
    const [block] = content;
    return { text: block?.type === 'text' ? block.text : '', data: structuredContent ?? {}, code: isError ? _meta?.code : undefined };
  };
  const plain = (...args: readonly string[]) => plainGit(path, args).trimEnd();
  const commitFiles = (message: string, files: Record<string, string>) => {
    layFiles(path, files);
    plain('add', '--all', '--force');
    plain('commit', '-q', '-m', message);
  };
  /** `side` changes `f` to 2, `main` to 3. */
  const part = () => {
    plain('checkout', '-q', '-b', 'side');
    commitFiles('side', { f: '2\n' });
    plain('checkout', '-q', 'main');
    commitFiles('main', { f: '3\n' });
  };
  const inConflict = (operation: string, kind = 'both modified') => ({
    code: undefined,
    data: { state: 'conflict', operation, count: 1, files: [{ path: 'f', kind }] },
  });
  const resolve = async () => {
    layFiles(path, { f: 'both\n' });
    expect(await call('git_add', { files: ['f'] })).toMatchObject({ code: undefined });
  };
  const untouched = async () => {
    expect(plain('status', '--porcelain')).toBe('');
    expect((await call('git_status')).data).not.toHaveProperty('operation');
  };

  describe('git_merge', () => {
    test('forward, with a commit, and not at all', async () => {
      plain('checkout', '-q', '-b', 'side');
      commitFiles('side', { h: 'h\n' });
      plain('checkout', '-q', 'main');
      expect(await call('git_merge', { revision: 'side' })).toMatchObject({ data: { state: 'done', commit: plain('rev-parse', 'side') } });
      expect(await call('git_merge', { revision: 'side' })).toMatchObject({ data: { state: 'unchanged' } });
      plain('checkout', '-q', '-b', 'dev', 'HEAD~1');
      expect(await call('git_merge', { revision: 'side', ff: 'no' })).toMatchObject({ data: { state: 'done' } });
      expect(plain('log', '-1', '--format=%an: %s')).toBe("Operator: Merge branch 'side' into dev");
      commitFiles('dev', { i: '' });
      plain('checkout', '-q', 'main');
      commitFiles('main', { j: '' });
      expect(await call('git_merge', { revision: 'dev', ff: 'only' })).toMatchObject({ code: 'conflict' });
      expect(await call('git_merge', { revision: 'dev', message: '--no-commit\n\nBody' })).toMatchObject({ code: undefined });
      expect(plain('log', '-1', '--format=%B')).toBe('--no-commit\n\nBody');
      await untouched();
    });

    test('conflicts are an answer; resolved and continued', async () => {
      part();
      const answer = await call('git_merge', { revision: 'side' });
      expect(answer).toMatchObject(inConflict('merge'));
      expect(answer.text).toBe(
        'The merge waits for 1 file in conflict:\n  both modified: f\n' +
          'Next: edit the files, stage each with git_add, then action continue; or action abort to take everything back',
      );
      expect(await call('git_status')).toMatchObject({
        data: { operation: 'merge' },
        text: expect.stringContaining('A merge is in progress'),
      });
      expect(await call('git_merge', { revision: 'side' })).toMatchObject({ code: 'conflict' });
      expect(await call('git_rebase', { revision: 'side' })).toMatchObject({ code: 'conflict' });
      expect(await call('git_checkout', { branch_name: 'side' })).toMatchObject({ code: 'conflict' });
      expect(await call('git_reset')).toMatchObject({ code: 'conflict' });
      expect(await call('git_commit', { message: 'm' })).toMatchObject({ code: 'conflict' });
      expect(await call('git_revert', { action: 'continue' })).toMatchObject({ code: 'conflict' });
      expect(await call('git_merge', { action: 'continue' })).toMatchObject(inConflict('merge'));
      await resolve();
      expect(await call('git_merge', { action: 'continue' })).toMatchObject({ data: { state: 'done' } });
      expect(plain('log', '-1', '--format=%P|%B')).toBe(
        `${plain('rev-parse', 'HEAD^1')} ${plain('rev-parse', 'side')}|Merge branch 'side'`,
      );
      await untouched();
    });

    test('aborted, as if nothing had been', async () => {
      part();
      await call('git_merge', { revision: 'side' });
      expect(await call('git_merge', { action: 'abort' })).toMatchObject({
        data: { state: 'aborted', commit: plain('rev-parse', 'main') },
      });
      expect(await call('git_merge', { action: 'abort' })).toMatchObject({ code: 'conflict' });
      await untouched();
    });

    test('a conflict of deleting and changing', async () => {
      plain('checkout', '-q', '-b', 'side');
      plain('rm', '-q', 'f');
      plain('commit', '-q', '-m', 'side');
      plain('checkout', '-q', 'main');
      commitFiles('main', { f: '3\n' });
      expect(await call('git_merge', { revision: 'side' })).toMatchObject(inConflict('merge', 'deleted by them'));
    });

    test.each([
      ['a change', 'f', 'conflict'],
      ['an untracked file', 'u', 'conflict'],
      ['an ignored file', 'x.env', 'conflict'],
    ])('%s in the way stays', async (_what, file, code) => {
      plain('checkout', '-q', '-b', 'side');
      commitFiles('side', { [file]: 'theirs\n' });
      plain('checkout', '-q', 'main');
      commitFiles('main', { g: 'other\n' });
      layFiles(path, { [file]: 'mine\n' });
      expect(await call('git_merge', { revision: 'side' })).toMatchObject({ code, text: expect.stringContaining(file) });
      expect(await call('git_cherry_pick', { revisions: ['side'] })).toMatchObject({ code });
      expect(await call('git_rebase', { revision: 'side' })).toMatchObject({ code });
      expect(readFileSync(join(path, file), 'utf8')).toBe('mine\n');
      expect((await call('git_status')).data).not.toHaveProperty('operation');
    });

    test('what cannot be merged', async () => {
      expect(await call('git_merge', { revision: 'nowhere' })).toMatchObject({ code: 'not_found' });
      expect(await call('git_merge')).toMatchObject({ code: 'invalid_input' });
      plain('checkout', '-q', '--orphan', 'apart');
      plain('commit', '-q', '-m', 'apart');
      expect(await call('git_merge', { revision: 'main' })).toMatchObject({ code: 'conflict', text: expect.stringContaining('in common') });
    });
  });

  describe('git_rebase', () => {
    test('makes commits anew, and stops at conflicts', async () => {
      part();
      plain('checkout', '-q', 'side');
      commitFiles('more', { h: 'h\n' });
      expect(await call('git_rebase', { revision: 'main' })).toMatchObject(inConflict('rebase'));
      expect((await call('git_status')).data).toMatchObject({ operation: 'rebase' });
      await resolve();
      expect(await call('git_rebase', { action: 'continue' })).toMatchObject({ data: { state: 'done' } });
      expect(plain('log', '--format=%an %cn %s')).toBe(
        'Gardener Operator more\nGardener Operator side\nGardener Gardener main\nGardener Gardener one',
      );
      expect(plain('symbolic-ref', 'HEAD')).toBe('refs/heads/side');
      await untouched();
    });

    test('skips and aborts', async () => {
      part();
      plain('checkout', '-q', 'side');
      const before = plain('rev-parse', 'side');
      await call('git_rebase', { revision: 'main' });
      expect(await call('git_rebase', { action: 'abort' })).toMatchObject({ data: { state: 'aborted', commit: before } });
      await call('git_rebase', { revision: 'main' });
      expect(await call('git_rebase', { action: 'skip' })).toMatchObject({ data: { state: 'done', commit: plain('rev-parse', 'main') } });
      await untouched();
    });

    test('onto another base', async () => {
      part();
      plain('checkout', '-q', '-b', 'top', 'side');
      commitFiles('top', { h: 'h\n' });
      expect(await call('git_rebase', { revision: 'side', onto: 'main' })).toMatchObject({ data: { state: 'done' } });
      expect(plain('log', '--format=%s')).toBe('top\nmain\none');
    });

    test('a commit that is empty once it is resolved waits', async () => {
      part();
      plain('checkout', '-q', 'side');
      await call('git_rebase', { revision: 'main' });
      layFiles(path, { f: '3\n' });
      await call('git_add', { files: ['f'] });
      const { data } = await call('git_rebase', { action: 'continue' });
      if (data['state'] === 'empty') await call('git_rebase', { action: 'skip' });
      expect(plain('log', '--format=%s')).toBe('main\none');
      await untouched();
    });

    test('a protected branch keeps what a remote has', async () => {
      part();
      plain('update-ref', 'refs/remotes/origin/main', 'main');
      expect(await call('git_rebase', { revision: 'side' })).toMatchObject({ code: 'denied' });
      plain('update-ref', '-d', 'refs/remotes/origin/main');
      expect(await call('git_rebase', { revision: 'side' })).toMatchObject(inConflict('rebase'));
    });
  });

  describe('git_cherry_pick and git_revert', () => {
    test('commits made again, in order, and undone', async () => {
      plain('checkout', '-q', '-b', 'side');
      commitFiles('a', { a: '' });
      commitFiles('b', { b: '' });
      plain('checkout', '-q', 'main');
      expect(await call('git_cherry_pick', { revisions: ['side~1', 'side'] })).toMatchObject({ data: { state: 'done' } });
      expect(plain('log', '--format=%s')).toBe('b\na\none');
      expect(await call('git_revert', { revisions: ['HEAD', 'HEAD~1'] })).toMatchObject({ data: { state: 'done' } });
      expect(plain('log', '-2', '--format=%an %s')).toBe('Operator Revert "a"\nOperator Revert "b"');
      expect(existsSync(join(path, 'a'))).toBe(false);
      await untouched();
    });

    test.each([
      ['git_cherry_pick', 'cherry-pick', ['side']],
      ['git_revert', 'revert', ['HEAD~1']],
    ])('%s: conflicts, continued, skipped, aborted', async (tool, operation, revisions) => {
      part();
      commitFiles('again', { f: '4\n' });
      const before = plain('rev-parse', 'HEAD');
      expect(await call(tool, { revisions })).toMatchObject(inConflict(operation));
      expect((await call('git_status')).data).toMatchObject({ operation });
      expect(await call(tool, { action: 'abort' })).toMatchObject({ data: { state: 'aborted', commit: before } });
      await call(tool, { revisions });
      expect(await call(tool, { action: 'skip' })).toMatchObject({ data: { commit: before } });
      await call(tool, { revisions });
      await resolve();
      expect(await call(tool, { action: 'continue' })).toMatchObject({ data: { state: 'done' } });
      expect(plain('rev-parse', 'HEAD~1')).toBe(before);
      await untouched();
    });

    test('what changes nothing here is taken back when it starts, and waits later', async () => {
      part();
      plain('checkout', '-q', '-b', 'same', 'side~1');
      commitFiles('same', { f: '3\n' });
      plain('checkout', '-q', 'main');
      expect(await call('git_cherry_pick', { revisions: ['same'] })).toMatchObject({ data: { state: 'empty' } });
      expect(await call('git_cherry_pick', { action: 'skip' })).toMatchObject({ code: undefined });
      await untouched();
    });

    test('merges need a mainline', async () => {
      plain('checkout', '-q', '-b', 'side');
      commitFiles('side', { h: '' });
      plain('checkout', '-q', 'main');
      plain('merge', '-q', '--no-ff', '--no-edit', 'side');
      expect(await call('git_revert', { revisions: ['HEAD'] })).toMatchObject({
        code: 'invalid_input',
        text: expect.stringContaining('mainline'),
      });
      expect(await call('git_revert', { revisions: ['HEAD'], mainline: 3 })).toMatchObject({ code: 'invalid_input' });
      expect(await call('git_revert', { revisions: ['HEAD'], mainline: 1 })).toMatchObject({ data: { state: 'done' } });
      expect(existsSync(join(path, 'h'))).toBe(false);
      await untouched();
    });
  });

  describe('what would be lost', () => {
    test('an ignored file that comes and goes again between two commits of a rebase', async () => {
      plain('checkout', '-q', '-b', 'side');
      commitFiles('come', { 'key.env': 'theirs\n' });
      plain('rm', '-q', 'key.env');
      commitFiles('gone', { h: 'h\n' });
      plain('checkout', '-q', 'main');
      commitFiles('main', { f: '3\n' });
      plain('checkout', '-q', 'side');
      layFiles(path, { 'key.env': 'mine\n' });
      expect(await call('git_rebase', { revision: 'main' })).toMatchObject({ code: 'conflict' });
      expect(readFileSync(join(path, 'key.env'), 'utf8')).toBe('mine\n');
      await untouched();
    });

    test('an ignored file where a directory that was renamed would take a new one', async () => {
      commitFiles('dir', Object.fromEntries(['a', 'b', 'c'].map((name) => [`old/${name}`, `${name}\n`.repeat(20)])));
      plain('checkout', '-q', '-b', 'side');
      commitFiles('new', { 'old/new.env': 'theirs\n' });
      plain('checkout', '-q', 'main');
      plain('mv', 'old', 'new');
      plain('commit', '-q', '-m', 'moved');
      layFiles(path, { 'new/new.env': 'mine\n' });
      plain('config', 'merge.directoryRenames', 'true');
      expect(await call('git_merge', { revision: 'side' })).toMatchObject({ data: { state: 'done' } });
      expect(readFileSync(join(path, 'new/new.env'), 'utf8')).toBe('mine\n');
      expect(readFileSync(join(path, 'old/new.env'), 'utf8')).toBe('theirs\n');
    });

    test.each(['abort', 'skip'])('changes of other files when a rebase ends with %s', async (action) => {
      part();
      plain('checkout', '-q', 'side');
      commitFiles('side, too', { f: '2\n', h: 'h\n' });
      plain('reset', '-q', '--soft', 'HEAD~2');
      plain('commit', '-q', '-m', 'both');
      expect(await call('git_rebase', { revision: 'main' })).toMatchObject(inConflict('rebase'));
      layFiles(path, { g: 'work of hours\n' });
      expect(await call('git_rebase', { action })).toMatchObject({ code: 'conflict' });
      plain('add', 'g');
      expect(await call('git_rebase', { action })).toMatchObject({ code: 'conflict' });
      expect(readFileSync(join(path, 'g'), 'utf8')).toBe('work of hours\n');
      plain('reset', '-q', 'g');
      plain('checkout', '-q', 'g');
      // `h`, which is staged, is of the commit at hand; so is what was in conflict.
      await resolve();
      expect(await call('git_rebase', { action })).toMatchObject({ code: undefined });
      await untouched();
    });

    /** As a repository may come: `main` is said to have been, or to be, somewhere else. */
    const plant = (files: Record<string, string>) => {
      part();
      const [old, side] = [plain('rev-parse', 'main~1'), plain('rev-parse', 'side')];
      plain('update-ref', 'refs/remotes/origin/main', 'main');
      layFiles(
        path,
        Object.fromEntries(
          Object.entries(files).map(([name, text]) => [`.git/${name}`, text.replace('{old}', old).replace('{side}', side)]),
        ),
      );
      return plain('rev-parse', 'main');
    };
    test.each(['abort', 'continue', 'skip'])('a protected branch, by a rebase that the repository came with: %s', async (action) => {
      const before = plant({
        'rebase-merge/head-name': 'refs/heads/main\n',
        'rebase-merge/orig-head': '{old}\n',
        'rebase-merge/onto': '{old}\n',
        'rebase-merge/git-rebase-todo': '',
        'rebase-merge/done': '',
        'rebase-merge/end': '0\n',
        'rebase-merge/msgnum': '0\n',
        'rebase-merge/interactive': '',
      });
      if (action !== 'abort') {
        layFiles(path, { '.git/rebase-merge/orig-head': `${before}\n` });
        plain('checkout', '-q', '--detach', 'main~1');
      }
      expect(await call('git_rebase', { action })).toMatchObject({ code: 'denied' });
      expect(plain('rev-parse', 'main')).toBe(before);
    });

    test('a protected branch, by a cherry-pick that the repository came with', async () => {
      const before = plant({ CHERRY_PICK_HEAD: '{side}\n', 'sequencer/head': '{old}\n', 'sequencer/todo': 'pick {side} side\n' });
      layFiles(path, { '.git/sequencer/abort-safety': `${before}\n` });
      expect(await call('git_cherry_pick', { action: 'abort' })).toMatchObject({ code: 'denied' });
      expect(plain('rev-parse', 'main')).toBe(before);
    });

    test('commits of a protected branch, rebased onto what is before them', async () => {
      part();
      plain('update-ref', 'refs/remotes/origin/main', 'main');
      expect(await call('git_rebase', { revision: 'main', onto: 'main~1' })).toMatchObject({ code: 'denied' });
    });
  });

  test('nobody to commit as: nothing is left in progress', async () => {
    part();
    plain('checkout', '-q', '-b', 'third', 'side');
    commitFiles('third', { h: '' });
    plain('checkout', '-q', 'main');
    plain('checkout', '-q', '-b', 'own', 'main~1');
    commitFiles('own', { i: '' });
    await using anonymous = await connect(server, { repositories: [path], write: true, toolsets: ['history'] }, generation);
    for (const [tool, args] of [
      ['git_merge', { revision: 'third' }],
      ['git_cherry_pick', { revisions: ['third'] }],
      ['git_revert', { revisions: ['HEAD'] }],
      ['git_rebase', { revision: 'third' }],
    ] as const) {
      expect([tool, await anonymous.callTool(tool, args)]).toMatchObject([tool, { isError: true, _meta: { code: 'denied' } }]);
      await untouched();
    }
    expect(plain('symbolic-ref', 'HEAD')).toBe('refs/heads/own');
  });

  test('GIT-101: signing that fails leaves nothing in progress', async () => {
    part();
    plain('checkout', '-q', '-b', 'third', 'side');
    commitFiles('third', { h: '' });
    plain('checkout', '-q', '-b', 'own', 'main~1');
    commitFiles('own', { i: '' });
    const home = process.env['HOME'];
    layFiles(path, { '../home/.gitconfig': '[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = /bin/false\n[user]\n\tsigningKey = x\n' });
    process.env['HOME'] = join(path, '..', 'home');
    try {
      const signing = { ...settings, toolsets: [...settings.toolsets], repositories: [path], userConfig: true, signing: true };
      await using signer = await connect(server, signing, generation);
      for (const [tool, args] of [
        ['git_merge', { revision: 'third' }],
        ['git_cherry_pick', { revisions: ['third'] }],
        ['git_revert', { revisions: ['HEAD'] }],
        ['git_rebase', { revision: 'third' }],
        ['git_commit', { message: 'm', amend: true }],
      ] as const) {
        const answer = await signer.callTool(tool, args);
        expect([tool, answer]).toMatchObject([tool, { isError: true, _meta: { code: 'unavailable' } }]);
        expect(JSON.stringify(answer.content)).toContain('could not be signed');
        await untouched();
      }
      expect(plain('log', '-1', '--format=%D %s')).toBe('HEAD -> own own');
    } finally {
      process.env['HOME'] = home;
    }
  });
});
