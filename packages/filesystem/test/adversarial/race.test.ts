import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@touchstone-mcp/core/testing';
import { expect, test } from 'vitest';
import { server } from '../../src/server.ts';

const READS = 5_000;
const SECRET = 'the-secret-outside';

/** Flips `root/d` between a directory and a link to the outside, and counts. */
const SWAPPER = `
  const fs = require('node:fs');
  const [root, deadline] = [process.argv[1], Date.now() + 60_000];
  let swaps = 0;
  process.on('SIGTERM', () => { process.stdout.write(String(swaps)); process.exit(); });
  const swap = () => {
    for (let i = 0; i < 200; i++) {
      fs.renameSync(root + '/d', root + '/real');
      fs.renameSync(root + '/link', root + '/d');
      fs.renameSync(root + '/d', root + '/link');
      fs.renameSync(root + '/real', root + '/d');
      swaps += 2;
    }
    if (Date.now() < deadline) setImmediate(swap);
  };
  swap();
`;

test(`${READS} reads while another process swaps the parent directory for a link: no outside byte (GHSA-p9cv-8g75-4xcg)`, {
  timeout: 90_000,
}, async () => {
  const base = await mkdtemp(join(await realpath(tmpdir()), 'touchstone-race-'));
  const root = join(base, 'root');
  await mkdir(join(root, 'd'), { recursive: true });
  await mkdir(join(base, 'out'));
  await writeFile(join(root, 'd', 'file.txt'), 'inside');
  await writeFile(join(base, 'out', 'file.txt'), SECRET);
  await symlink(join(base, 'out'), join(root, 'link'));
  const swapper = spawn(process.execPath, ['-e', SWAPPER, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(swapper, 'exit');
  const swaps = swapper.stdout.toArray();
  const outcomes = new Map<string, number>();
  try {
    await using client = await connect(server, { directories: [root], maxConcurrency: 8, logLevel: 'silent' });
    const read = async (count: number) => {
      for (let index = 0; index < count; index++) {
        const { isError, _meta, structuredContent } = await client.callTool('read_text_file', { path: 'd/file.txt' });
        const outcome = isError ? String(_meta?.code) : String(structuredContent?.['content']);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 4 }, () => read(READS / 4)));
  } finally {
    swapper.kill('SIGTERM');
    await ended;
    await rm(base, { recursive: true, force: true });
  }
  expect(Number((await swaps).join(''))).toBeGreaterThan(READS);
  // It did read, it did meet the link, and whatever it met was refused.
  expect(outcomes.get('inside')).toBeGreaterThan(100);
  expect(outcomes.get('denied')).toBeGreaterThan(100);
  expect(
    [...outcomes.keys()].filter((outcome) => !['inside', 'denied', 'not_found', 'invalid_input', 'conflict'].includes(outcome)),
  ).toEqual([]);
});
