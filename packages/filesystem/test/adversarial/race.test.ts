import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from '@touchstone-mcp/core/testing';
import { expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { server } from '../../src/server.ts';
import { SECRET } from './containment.ts';

/** Flips `root/d` between a directory or file and a link to the outside, and counts. */
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

/** What is swapped for a link, what is read, and how often. */
const races = [
  [
    'FS-040',
    'the parent directory (GHSA-p9cv-8g75-4xcg)',
    { 'root/d/file.txt': 'inside', 'out/file.txt': SECRET, 'root/link': ['../out'] },
    'd/file.txt',
    5_000,
  ],
  ['FS-044', 'the file itself', { 'root/d': 'inside', 'out/file.txt': SECRET, 'root/link': ['../out/file.txt'] }, 'd', 2_000],
] as const;

test.each(races)(
  '%s: reads while another process swaps %s for a link: no outside byte',
  { timeout: 90_000 },
  async (_id, _what, files, path, reads) => {
    await using temporary = await temporaryDirectory();
    const root = join(temporary.path, 'root');
    await layFiles(temporary.path, files);
    const swapper = spawn(process.execPath, ['-e', SWAPPER, root], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(swapper, 'exit');
    const swaps = swapper.stdout.toArray();
    const outcomes = new Map<string, number>();
    try {
      await using client = await connect(server, { directories: [root], maxConcurrency: 8, logLevel: 'silent' });
      // On a busy machine the two processes meet less often.
      const isEnough = (index: number) =>
        index >= reads && (['inside', 'denied'].every((each) => (outcomes.get(each) ?? 0) > 100) || index >= 20 * reads);
      const read = async (first: number) => {
        for (let index = first; !isEnough(index); index += 4) {
          const { isError, _meta, structuredContent } = await client.callTool('read_text_file', { path });
          const outcome = isError ? String(_meta?.code) : String(structuredContent?.['content']);
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }
      };
      await Promise.all([0, 1, 2, 3].map(read));
    } finally {
      swapper.kill('SIGTERM');
      await ended;
    }
    expect(Number((await swaps).join(''))).toBeGreaterThan(reads);
    // It did read, it did meet the link, and whatever it met was refused.
    expect(outcomes.get('inside')).toBeGreaterThan(100);
    expect(outcomes.get('denied')).toBeGreaterThan(100);
    const expected = ['inside', 'denied', 'not_found', 'invalid_input', 'conflict'];
    expect([...outcomes.keys()].filter((outcome) => !expected.includes(outcome))).toEqual([]);
  },
);
