import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { textOf, type Visitor } from '../clients.ts';
import { Diary, type Step } from '../diary.ts';
import type { Show } from './show.ts';

const run = promisify(execFile);

/** Reads a repository made for it, commits to another, and opens a hostile one, which is defused. */
export const git: Show = {
  name: 'git',
  prepare: async (directory) => {
    await layRepository(join(directory, 'garden'));
    await layHostileRepository(join(directory, 'hostile'));
  },
  args: (directory) => [directory],
  visit,
  refused: 2,
  further: {
    title: 'The same with --write, on a clone of its own',
    args: (directory) => ['--write', '--author-name', 'Playground', '--author-email', 'playground@example.com', join(directory, 'scratch')],
    prepare: (directory) => plain(directory, 'clone', '--quiet', join(directory, 'garden'), join(directory, 'scratch')),
    visit: work,
  },
  inspected: (directory) => ({
    answered: { name: 'git_log', arguments: { repo_path: join(directory, 'garden'), max_count: 1 } },
    says: /Second summer/,
    denied: { name: 'git_status', arguments: { repo_path: '/' } },
  }),
  examples: (directory) => ({ '/a/repository': directory, '${workspaceFolder}': directory }),
  filledIn: (directory) => ({ repositories: [directory] }),
  clone: [join(import.meta.dirname, '..', '..', '..', '..')],
};

async function visit(visitor: Visitor, directory: string): Promise<Step[]> {
  const diary = new Diary(visitor);
  const tools = await diary.tools();
  for (const tool of ['git_status', 'git_diff', 'git_log', 'git_blame']) assert.ok(tools.includes(tool), `${tool} is not listed`);
  assert.ok(!tools.includes('git_commit'), 'read-only is the default');
  const repo_path = join(directory, 'garden');

  assert.match(textOf(await diary.call('git_status', { repo_path })), /^Repository status:/);
  assert.match(textOf(await diary.call('git_log', { repo_path, max_count: 2 })), /Second summer/);
  assert.match(textOf(await diary.call('git_diff', { repo_path, target: 'HEAD~2..HEAD' })), /\+beans/);
  assert.match(textOf(await diary.call('git_blame', { repo_path, path: 'beds.txt' })), /beans/);

  const hostile = join(directory, 'hostile');
  const status = await diary.call('git_status', { repo_path: hostile });
  assert.ok(!existsSync(join(hostile, 'ran')), `a program of the repository ran: ${textOf(status)}`);
  assert.match(textOf(status), /Not used, as they run programs.*core\.fsmonitor/);

  const option = await diary.call('git_diff', { repo_path, target: `--output=${join(directory, 'written')}` });
  assert.equal(option._meta?.code, 'invalid_input');
  const outside = await diary.call('git_status', { repo_path: '/' });
  assert.equal(outside._meta?.code, 'denied');
  return diary.steps;
}

async function work(visitor: Visitor, directory: string): Promise<Step[]> {
  const diary = new Diary(visitor);
  await writeFile(join(directory, 'scratch', 'beds.txt'), 'carrots\nbeans\nmint\n');
  await diary.call('git_diff_unstaged', {});
  await diary.call('git_add', { files: ['beds.txt'] });
  const committed = await diary.call('git_commit', { message: 'Mint by the path' });
  assert.match(textOf(committed), /^Changes committed successfully with hash [0-9a-f]{40}/);
  assert.match(textOf(await diary.call('git_show', { revision: 'HEAD' })), /\+mint/);
  return diary.steps;
}

async function layRepository(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await plain(path, 'init', '--quiet', '--initial-branch=main');
  for (const [message, beds] of [
    ['First spring', 'carrots\n'],
    ['First summer', 'carrots\npeas\n'],
    ['Second summer', 'carrots\nbeans\n'],
  ] as const) {
    await writeFile(join(path, 'beds.txt'), beds);
    await plain(path, 'add', '--all');
    await plain(path, 'commit', '--quiet', '--message', message);
  }
}

/** A repository that was not made by us: its configuration would have git run a program at every look. */
async function layHostileRepository(path: string): Promise<void> {
  await layRepository(path);
  const program = join(path, 'program.sh');
  await writeFile(program, `#!/bin/sh\ntouch '${join(path, 'ran')}'\ncat\n`);
  await chmod(program, 0o755);
  await writeFile(join(path, '.gitattributes'), '* filter=evil diff=evil\n');
  for (const key of ['core.fsmonitor', 'filter.evil.clean', 'diff.evil.textconv', 'diff.external'])
    await plain(path, 'config', key, program);
  await writeFile(join(path, 'beds.txt'), 'carrots\nthorns\n');
  await plain(path, 'status');
  assert.ok(existsSync(join(path, 'ran')), 'git itself must run the program, or the repository is not hostile');
  await rm(join(path, 'ran'));
}

async function plain(cwd: string, ...args: string[]): Promise<void> {
  const identity = ['-c', 'user.name=Playground', '-c', 'user.email=playground@example.com', '-c', 'commit.gpgsign=false'];
  const running = run('git', [...identity, ...args], { cwd });
  // The hostile program would wait for more.
  running.child.stdin?.end();
  await running;
}
