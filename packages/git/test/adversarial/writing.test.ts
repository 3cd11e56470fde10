import { execFileSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { layFiles, layMarker, layRepository, plainGit, temporaryDirectory } from '../fixture/repository.ts';
import { rows as settings } from './configuration.ts';
import { bites, CALLS, layAmbush, layTarget, rows, type Step, shortDay, steps } from './writing.ts';

const temporary = temporaryDirectory();
const { program, mark } = layMarker(temporary.path);
const [root, out] = [join(temporary.path, 'root'), join(temporary.path, 'out')];
const target = join(root, 'target');
let client: TestClient;
let outside: string[];

beforeAll(async () => {
  layRepository(join(out, 'secret-repository'), [{ files: { f: '' }, message: 'outside' }]);
  layTarget(target, out);
  outside = readdirSync(out).sort();
  const everything = { write: true, destructive: true, toolsets: ['history' as const], confirmation: 'off' as const };
  client = await connect(server, { repositories: [root], ...everything, authorName: 'Operator', authorEmail: 'operator@example.com' });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

/** All that a call could have changed. */
function traces(path: string): unknown {
  const said = ['for-each-ref', 'status --porcelain', 'rev-parse HEAD', 'symbolic-ref HEAD', 'stash list', 'diff --cached'];
  return [said.map((args) => plainGit(path, args.split(' '))), readdirSync(out).sort(), readFileSync(join(out, 'secret'), 'utf8')];
}

describe('arguments that are refused leave no trace', () => {
  let before: unknown;
  beforeAll(() => {
    before = traces(target);
  });

  test.each(rows)('%s %s %j -> %s: %s', async (_id, tool, args, code) => {
    const given = JSON.parse(JSON.stringify(args).replaceAll('{out}', out)) as Record<string, unknown>;
    const answer = await client.callTool(tool, { repo_path: target, ...given });
    expect([answer.isError, answer._meta?.code, answer.content]).toMatchObject([true, code, [{}]]);
    expect(JSON.stringify(answer)).not.toContain('outside');
  });

  test('none of them', () => expect(traces(target)).toEqual(before));
});

describe('repositories that are not ours to write to', () => {
  test.each(CALLS)('GIT-001, GIT-013: %s', async (tool, args) => {
    const before = traces(target);
    for (const path of [join(out, 'secret-repository'), join(target, 'link-out', 'secret-repository')]) {
      expect(await client.callTool(tool, { repo_path: path, ...args })).toMatchObject({ isError: true, _meta: { code: 'denied' } });
    }
    expect(plainGit(join(out, 'secret-repository'), ['status', '--porcelain', '--branch', '--show-stash'])).toBe('## main\n');
    expect(traces(target)).toEqual(before);
  });

  test.skipIf(process.geteuid?.() !== 0).each(CALLS)('GIT-012: %s', async (tool, args) => {
    const path = join(root, `foreign-${tool}`);
    layTarget(path, out);
    chownSync(join(path, '.git'), 65_534, 65_534);
    expect(await client.callTool(tool, { repo_path: path, ...args })).toMatchObject({ isError: true, _meta: { code: 'denied' } });
  });
});

test('GIT-075: a tracked directory that has become a link to outside is neither read nor written through', async () => {
  const path = join(root, 'swapped');
  layRepository(path, [
    { files: { 'd/secret': 'inside\n', f: '1\n' }, message: 'one' },
    { files: { 'd/secret': 'inside, changed\n' }, message: 'two' },
  ]);
  plainGit(path, ['branch', 'side', 'HEAD~1']);
  const swap = () => {
    rmSync(join(path, 'd'), { recursive: true, force: true });
    symlinkSync(out, join(path, 'd'));
  };
  for (const [tool, args] of [
    ['git_add', { files: ['d/secret'] }],
    ['git_commit', { message: 'm', files: ['d/secret'] }],
    ['git_checkout', { branch_name: 'side' }],
    ['git_stash', { action: 'push', include_untracked: true }],
    ['git_stash', { action: 'pop' }],
    ['git_reset_hard', {}],
    ['git_merge', { revision: 'side', ff: 'no' }],
    ['git_cherry_pick', { revisions: ['side'] }],
    ['git_revert', { revisions: ['HEAD'] }],
    ['git_rebase', { revision: 'side' }],
    ['git_clean', { paths: ['d/secret'], ignored: true }],
    ['git_commit', { message: 'm', all: true }],
    ['git_add', { files: ['.'] }],
  ] as const) {
    swap();
    await client.callTool(tool, { repo_path: path, ...args });
    expect([tool, readdirSync(out).sort(), readFileSync(join(out, 'secret'), 'utf8')]).toEqual([tool, outside, 'outside\n']);
  }
  const id = plainGit(path, ['hash-object', '--stdin'], {}, 'outside\n').trim();
  expect(() => plainGit(path, ['cat-file', '-e', id])).toThrow();
});

describe('GIT-033: a repository that comes with an operation in the middle', () => {
  /** `f` is in conflict, in a rebase of two commits. */
  const layRebase = (path: string, ...args: readonly string[]) => {
    layRepository(path, [{ files: { f: '1\n' }, message: 'one' }]);
    plainGit(path, ['checkout', '-q', '-b', 'side']);
    for (const text of ['2\n', '3\n']) {
      layFiles(path, { f: text });
      plainGit(path, ['commit', '-q', '-a', '-m', text]);
    }
    plainGit(path, ['checkout', '-q', 'main']);
    layFiles(path, { f: '4\n' });
    plainGit(path, ['commit', '-q', '-a', '-m', 'four']);
    plainGit(path, ['checkout', '-q', 'side']);
    expect(() => plainGit(path, ['rebase', ...args, 'main'])).toThrow();
    layFiles(path, { f: 'both\n' });
  };
  const todo = (text: string) => (path: string) => {
    layRebase(path);
    layFiles(path, { '.git/rebase-merge/git-rebase-todo': text });
  };
  const planted: readonly (readonly [name: string, tool: string, lay: (path: string) => void])[] = [
    ['rebase --exec', 'git_rebase', (path) => layRebase(path, '--exec', program)],
    ['rebase --apply', 'git_rebase', (path) => layRebase(path, '--apply')],
    ['a step x', 'git_rebase', todo(`x ${program}\n`)],
    ['a step exec, indented', 'git_rebase', todo(`pick ${'0'.repeat(40)} m\n \t exec\t${program}\n`)],
    ['a step exec behind a NUL', 'git_rebase', todo(`noop\n\0\nexec ${program}\n`)],
    ['a step that nobody knows', 'git_rebase', todo('run it\n')],
    [
      'a strategy',
      'git_rebase',
      (path) => {
        layRebase(path);
        layFiles(path, { '.git/rebase-merge/strategy': '../../program.sh' });
      },
    ],
    [
      'a signature',
      'git_rebase',
      (path) => {
        layRebase(path);
        layFiles(path, { '.git/rebase-merge/gpg_sign_opt': '-S' });
      },
    ],
    [
      'a step exec of a revert',
      'git_revert',
      (path) => {
        layRepository(path, [{ files: { f: '1\n' }, message: 'one' }]);
        layFiles(path, { '.git/sequencer/todo': `revert ${plainGit(path, ['rev-parse', 'HEAD']).trim()}\nexec ${program}\n` });
      },
    ],
    [
      'a strategy of a cherry-pick',
      'git_cherry_pick',
      (path) => {
        layRepository(path, [{ files: { f: '1\n' }, message: 'one' }]);
        const head = plainGit(path, ['rev-parse', 'HEAD']);
        layFiles(path, {
          '.git/CHERRY_PICK_HEAD': head,
          '.git/sequencer/todo': `pick ${head}`,
          '.git/sequencer/opts': '[options]\n\tstrategy = evil\n',
        });
      },
    ],
  ];
  test.each(planted)('%s', async (name, tool, lay) => {
    const path = join(root, `planted-${name.replaceAll(/\W/g, '')}`);
    lay(path);
    rmSync(mark, { force: true });
    await client.callTool('git_add', { repo_path: path, files: ['f'] });
    for (const action of ['continue', 'skip']) {
      expect(await client.callTool(tool, { repo_path: path, action })).toMatchObject({ isError: true, _meta: { code: 'denied' } });
    }
    await client.callTool(tool, { repo_path: path, action: 'abort' });
    expect(existsSync(mark)).toBe(false);
  });

  test('one that a person began, of steps that run nothing, goes on', async () => {
    const path = join(root, 'begun');
    layRebase(path);
    await client.callTool('git_add', { repo_path: path, files: ['f'] });
    expect((await client.callTool('git_rebase', { repo_path: path, action: 'continue' })).structuredContent).toMatchObject({
      state: 'conflict',
    });
    expect((await client.callTool('git_rebase', { repo_path: path, action: 'skip' })).structuredContent).toMatchObject({ state: 'done' });
  });
});

async function walk(path: string, work: readonly Step[], judge: (step: Step, code: unknown) => void): Promise<void> {
  for (const step of work) {
    const [tool, args] = step;
    if (tool === 'write') {
      layFiles(path, args as Readonly<Record<string, string>>);
      continue;
    }
    const answer = await client.callTool(tool, { repo_path: path, ...args });
    judge(step, answer.isError ? answer._meta?.code : undefined);
    expect([step, existsSync(mark)]).toEqual([step, false]);
  }
}

describe('no program runs that a repository brings along', () => {
  test.each(bites)('plain git %s does run it', (...args) => {
    const path = join(root, `bitten-${args.join('-').replaceAll(/\W/g, '')}`);
    layAmbush({ path, program });
    rmSync(mark, { force: true });
    for (const each of [args, ['status']]) {
      try {
        plainGit(path, each);
      } catch {
        // A program that is no filter and signs nothing lets many a command fail; that it ran is the point.
      }
    }
    expect(existsSync(mark)).toBe(true);
  });

  test('GIT-061, 064, 065, 066, 067, 070, 071: what a merge brings, in the middle of it and after', async () => {
    const path = join(root, 'ambush');
    layAmbush({ path, program });
    rmSync(mark, { force: true });
    await walk(path, steps, ([tool, args, code], given) => expect([tool, args, given]).toEqual([tool, args, code]));
    expect(plainGit(path, ['-c', 'include.path=/dev/null', 'fsck', '--strict', '--no-dangling'])).toBe('');
  });

  test.each(settings.map(([id, name, lay], index) => [id, name, lay, index] as const))('%s %s', async (_id, _name, lay, index) => {
    const path = join(root, `r${index}`);
    layAmbush({ path, program });
    lay({ path, program });
    rmSync(mark, { force: true });
    // What is laid may leave something staged or changed: then one or the other call is refused. None runs anything.
    const codes = new Set<unknown>();
    await walk(path, shortDay, (_step, code) => codes.add(code));
    expect([...codes].filter((code) => code === 'internal')).toEqual([]);
    expect(codes).toContain(undefined);
  });

  test('hooks run where the operator wants them, and their refusal is told', async () => {
    const path = join(root, 'hooked');
    layTarget(path, out);
    plainGit(path, ['commit', '--quiet', '--all', '--allow-empty', '--message=clean']);
    layFiles(path, { '.git/hooks/pre-commit': '#!/bin/sh\nexit 1\n' });
    execFileSync('chmod', ['+x', join(path, '.git/hooks/pre-commit')]);
    await using trusting = await connect(server, { repositories: [path], write: true, hooks: true, authorName: 'G', authorEmail: 'g@x' });
    layFiles(path, { f: '9\n' });
    const answer = await trusting.callTool('git_commit', { message: 'm', all: true });
    expect(answer).toMatchObject({ isError: true, _meta: { code: 'conflict' } });
    expect(JSON.stringify(answer.content)).toContain('a hook of the repository');
    expect((await client.callTool('git_commit', { repo_path: path, message: 'm', all: true })).isError).toBeUndefined();
  });

  test('GIT-064: a file with a filter may be deleted, and checked out as it is stored', async () => {
    const path = join(root, 'filtered');
    layRepository(path, [
      { files: { '.gitattributes': '*.bin filter=lfs\n', 'a.bin': 'pointer 1\n' }, message: 'one' },
      { files: { 'a.bin': 'pointer 2\n' }, message: 'two' },
    ]);
    expect((await client.callTool('git_checkout', { repo_path: path, branch_name: 'HEAD~1' })).isError).toBeUndefined();
    expect(readFileSync(join(path, 'a.bin'), 'utf8')).toBe('pointer 1\n');
    rmSync(join(path, 'a.bin'));
    expect((await client.callTool('git_commit', { repo_path: path, message: 'gone', all: true })).structuredContent).toMatchObject({
      files: 1,
    });
  });

  test('GIT-064, GIT-069: with --lfs the filter lfs is not refused, and only that one, and downloads nothing', async () => {
    const path = join(root, 'lfs');
    const hostile = '[lfs]\n\turl = http://169.254.169.254/\n[remote "origin"]\n\tlfsurl = http://169.254.169.254/\n';
    layRepository(path, [
      {
        files: { '.gitattributes': '*.bin filter=lfs\n*.enc filter=crypt\n', '.lfsconfig': hostile, 'old.bin': 'pointer' },
        message: 'one',
      },
      { files: { 'old.bin': undefined }, message: 'two' },
    ]);
    layFiles(path, { 'a.bin': 'a', 'b.enc': 'b' });
    expect(await client.callTool('git_add', { repo_path: path, files: ['a.bin'] })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('--lfs') }],
    });
    // A git-lfs that fails: then the file is refused, and not stored as it is.
    const programs = join(temporary.path, 'bin');
    layFiles(programs, { 'git-lfs': `#!/bin/sh\necho "$1 $GIT_LFS_SKIP_SMUDGE" >> '${programs}/ran'\nexit 1\n` });
    execFileSync('chmod', ['+x', join(programs, 'git-lfs')]);
    const before = process.env['PATH'];
    process.env['PATH'] = `${programs}:${before}`;
    try {
      await using lfs = await connect(server, { repositories: [path], write: true, lfs: true });
      expect(await lfs.callTool('git_add', { files: ['b.enc'] })).toMatchObject({ isError: true, _meta: { code: 'denied' } });
      expect(await lfs.callTool('git_add', { files: ['a.bin'] })).toMatchObject({ isError: true, _meta: { code: 'unavailable' } });
      expect(readFileSync(join(programs, 'ran'), 'utf8')).toBe('filter-process 1\n');
      // It is told to download nothing: where from is said by .lfsconfig, which is the repository's.
      expect(await lfs.callTool('git_checkout', { branch_name: 'HEAD~1' })).toMatchObject({ isError: true });
      expect(readFileSync(join(programs, 'ran'), 'utf8')).toBe('filter-process 1\nfilter-process 1\n');
    } finally {
      process.env['PATH'] = before;
    }
    expect(plainGit(path, ['ls-files'])).toBe('.gitattributes\n.lfsconfig\n');
  });
});

test('the configuration of a repository stays as it is', async () => {
  const path = join(root, 'untouched');
  cpSync(join(target, '.git'), join(path, '.git'), { recursive: true });
  const before = readFileSync(join(path, '.git', 'config'), 'utf8');
  for (const [tool, args] of CALLS) await client.callTool(tool, { repo_path: path, ...args });
  expect(readFileSync(join(path, '.git', 'config'), 'utf8')).toBe(before);
});
