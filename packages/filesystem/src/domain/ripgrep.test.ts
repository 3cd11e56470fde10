import { execFileSync } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findRipgrep, runRipgrep } from './ripgrep.ts';
import { temporaryDirectory } from './temporary-directory.testing.ts';

const temporary = await temporaryDirectory();
const rg = await findRipgrep();

afterAll(() => temporary[Symbol.asyncDispose]());

const read = (binary: string, args: readonly string[], signal?: AbortSignal, stdin?: number) =>
  collect(runRipgrep(binary, args, { pattern: 'x', cwd: temporary.path, signal, stdin }));

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

it('says so where it is not installed', async () => {
  await expect(read(join(temporary.path, 'rg'), [])).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/needs ripgrep/),
  });
});

it('reads no configuration, and has no environment', async () => {
  await writeFile(join(temporary.path, 'config'), '--files\n');
  await writeFile(join(temporary.path, 'text'), 'x\n');
  process.env['RIPGREP_CONFIG_PATH'] = join(temporary.path, 'config');
  try {
    expect(Buffer.concat(await read(rg, ['--regexp=x', 'text'])).toString()).toBe('x\n');
  } finally {
    delete process.env['RIPGREP_CONFIG_PATH'];
  }
});

it.skipIf(process.platform === 'win32')('is ended by the signal, even where it waits for ever', async () => {
  execFileSync('mkfifo', [join(temporary.path, 'fifo')]);
  // Open for writing too, so that there is never an end.
  await using fifo = await open(join(temporary.path, 'fifo'), 'r+');
  const controller = new AbortController();
  const reading = read(rg, ['--regexp=x', '-'], controller.signal, fifo.fd);
  setTimeout(() => controller.abort(new Error('enough')), 50);
  await expect(reading).rejects.toThrow('enough');
});

it('is ended when nobody reads on', async () => {
  await writeFile(join(temporary.path, 'long'), 'x\n'.repeat(1_000_000));
  for await (const chunk of runRipgrep(rg, ['--regexp=x', 'long'], { pattern: 'x', cwd: temporary.path })) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
});
