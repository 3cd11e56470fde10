import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@touchstone-mcp/core/testing';
import { expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from '../fixture/repository.ts';
import { SECRET } from './containment.ts';

/** Flips `at` between what it is and a link to the outside, and counts. */
const SWAPPER = `
  const fs = require('node:fs');
  const [at, link, deadline] = [process.argv[1], process.argv[2], Date.now() + 60_000];
  let swaps = 0;
  process.on('SIGTERM', () => { process.stdout.write(String(swaps)); process.exit(); });
  const swap = () => {
    for (let i = 0; i < 50; i++) {
      fs.renameSync(at, at + '-real');
      fs.renameSync(link, at);
      fs.renameSync(at, link);
      fs.renameSync(at + '-real', at);
      swaps += 2;
    }
    if (Date.now() < deadline) setImmediate(swap);
  };
  swap();
`;

/** What is flipped, and where it leads then. */
const races = [
  ['the directory of the repository', 'project', 'secret'],
  ['.git', 'project/.git', 'secret/.git'],
  ['the directory above', '.', '.'],
  ['.git/objects', 'project/.git/objects', 'secret/.git/objects'],
] as const;

test.skipIf(process.platform !== 'linux').each(races)(
  'GIT-017: while another process swaps %s for a link: nothing from outside',
  { timeout: 60_000 },
  async (_what, inside, outside) => {
    using temporary = temporaryDirectory();
    const [root, out] = [join(temporary.path, 'root'), join(temporary.path, 'out')];
    mkdirSync(root);
    layRepository(join(root, 'above', 'project'), [{ files: { 'file.txt': 'inside\n' }, message: 'inside' }]);
    layRepository(join(out, 'project'), [{ files: { 'file.txt': `${SECRET}\n` }, message: SECRET }]);
    layRepository(join(out, 'secret'), [{ files: { 'file.txt': `${SECRET}\n` }, message: SECRET }]);
    symlinkSync(join(out, outside), join(temporary.path, 'link'));
    // A branch whose commit is outside only.
    const leak = plainGit(join(out, 'secret'), ['rev-parse', 'HEAD']);
    if (inside.endsWith('objects')) layFiles(join(root, 'above', 'project'), { '.git/refs/heads/leak': leak });
    const at = join(root, 'above', inside);
    const swapper = spawn(process.execPath, ['-e', SWAPPER, at, join(temporary.path, 'link')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(swapper, 'exit');
    const swaps = swapper.stdout.toArray();
    const outcomes = new Map<string, number>();
    try {
      await using client = await connect(server, { repositories: [root], logLevel: 'silent' });
      const calls: [string, Record<string, unknown>][] = [
        ['git_log', {}],
        ['git_show', { revision: 'HEAD:file.txt' }],
        ['git_status', {}],
        ...(inside.endsWith('objects') ? [['git_show', { revision: 'leak:file.txt' }] satisfies [string, Record<string, unknown>]] : []),
      ];
      const call = async (count: number) => {
        for (let index = 0; index < count; index++) {
          const [tool = '', args] = calls[index % calls.length] ?? [];
          const answer = await client.callTool(tool, { repo_path: join(root, 'above', 'project'), ...args });
          expect(JSON.stringify(answer)).not.toContain(SECRET);
          const outcome = answer.isError ? String(answer._meta?.code) : 'ok';
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }
      };
      await Promise.all([call(90), call(90)]);
    } finally {
      swapper.kill('SIGTERM');
      await ended;
    }
    expect(Number((await swaps).join(''))).toBeGreaterThan(180);
    // It did answer, and it did meet the link.
    expect(outcomes.get('ok')).toBeGreaterThan(5);
    expect([...outcomes.keys()].filter((outcome) => outcome !== 'ok')).not.toEqual([]);
    expect(outcomes.get('internal')).toBeUndefined();
  },
);
