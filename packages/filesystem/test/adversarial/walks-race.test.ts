import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from '@touchstone-mcp/core/testing';
import { expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { server } from '../../src/server.ts';

/** Flips `root/d` and `root/sub/d` between directories and links to the outside, and counts. */
const SWAPPER = `
  const fs = require('node:fs');
  const [root, deadline] = [process.argv[1], Date.now() + 110_000];
  let swaps = 0;
  process.on('SIGTERM', () => { process.stdout.write(String(swaps)); process.exit(); });
  const swap = () => {
    for (let i = 0; i < 100; i++) for (const at of [root, root + '/sub']) {
      fs.renameSync(at + '/d', at + '/real');
      fs.renameSync(at + '/link', at + '/d');
      fs.renameSync(at + '/d', at + '/link');
      fs.renameSync(at + '/real', at + '/d');
      swaps += 2;
    }
    if (Date.now() < deadline) setImmediate(swap);
  };
  swap();
`;

/** Stands in every file outside, and in none inside. */
const MARK = 'mark-of-the-outside';
const OUTSIDE_LINE = `needle ${MARK}, and longer ${'!'.repeat(5_000)}\n`;

/** A name, a line, a number of lines that match it, and a size. */
const LEAKS = ['secret-name', `needle ${MARK}`, '"count"', `"size":${OUTSIDE_LINE.length}`];

const CALLS = [
  ['directory_tree', {}, 1_000],
  ['search_files', { pattern: '*.txt' }, 1_000],
  ['search_content', { pattern: 'needle' }, 300],
  ['search_content', { pattern: 'needle', output: 'files' }, 300],
  ['search_content', { pattern: MARK, output: 'count' }, 300],
  ['list_directory_with_sizes', { path: 'd' }, 1_000],
  ['get_file_info', { path: 'd/same.txt' }, 1_000],
] as const;

test('FS-045: walks and searches beside a process that swaps directories for links: nothing from outside', {
  timeout: 120_000,
}, async () => {
  await using temporary = await temporaryDirectory();
  const [root, outside] = [join(temporary.path, 'root'), join(temporary.path, 'out')];
  for (const directory of ['d', 'd/deep', 'sub/d', 'sub/d/deep']) await layFiles(join(root, directory), { 'same.txt': 'needle inside\n' });
  for (const directory of [outside, join(outside, 'deep')]) {
    // The same name, so that a candidate that was found outside is there inside as well.
    await layFiles(directory, { 'same.txt': OUTSIDE_LINE, 'secret-name.txt': `needle ${MARK}\n` });
  }
  await layFiles(root, { link: [outside], 'sub/link': [outside] });
  const swapper = spawn(process.execPath, ['-e', SWAPPER, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(swapper, 'exit');
  const swaps = swapper.stdout.toArray();
  const seen = new Map<string, number>();
  const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  try {
    await using client = await connect(server, { directories: [root], maxConcurrency: 8, logLevel: 'silent' });
    const run = async ([tool, args, rounds]: (typeof CALLS)[number]) => {
      for (let round = 0; round < rounds; round += 1) {
        const answer = await client.callTool(tool, { path: '.', ...args });
        const text = JSON.stringify(answer);
        if (LEAKS.some((leak) => text.includes(leak))) note(`leak by ${tool}: ${text.slice(0, 500)}`);
        note(answer.isError ? `${tool} ${answer._meta?.code}` : `${tool} ${/same\.txt/.test(text) ? 'inside' : 'nothing'}`);
      }
    };
    await Promise.all(CALLS.map(run));
  } finally {
    swapper.kill('SIGTERM');
    await ended;
  }
  expect(Number((await swaps).join(''))).toBeGreaterThan(5_000);
  expect([...seen.keys()].filter((what) => /^leak| internal$| unavailable$/.test(what))).toEqual([]);
  for (const [tool] of CALLS) expect(seen.get(`${tool} inside`), tool).toBeGreaterThan(50);
});
