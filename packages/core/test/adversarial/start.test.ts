import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { type StartOptions, start } from '../harness.ts';
import { startHttp } from '../wire.ts';
import { starts } from './start.ts';

/** Runs to its end. */
async function run(args: string[], options: StartOptions = {}) {
  await using running = start(args, options);
  const { code } = await running.ended();
  return { code, stdout: running.stdout.text, stderr: running.stderr.text };
}

test.each(starts.map((row) => [`${row.id} ${row.why}`, row] as const))('does not start: %s', async (_name, { args, env = {}, says }) => {
  const { code, stdout, stderr } = await run(args, { env });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(says);
  expect(stderr).toMatch(/^touchstone-fixture: .*\n(?: {4}at .*\n)*See touchstone-fixture --help\n$/);
  expect(stderr).not.toMatch(/hunter2|my-own-key/);
});

test('a port in use gets a sentence, though something has been opened already', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const { code, stdout, stderr } = await run(['--http', '--http-port', String(port), '--log-level', 'warn']);
  taken.close();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  const sentence = `Cannot listen on 127.0.0.1:${port}: EADDRINUSE. Choose another with --http-port.`;
  expect(stderr).toBe(`touchstone-fixture: ${sentence}\nSee touchstone-fixture --help\n`);
});

test('TR-005: by default it listens on the loopback address, to nobody else', async () => {
  await using server = await startHttp();
  expect((await server.process.logged('listening'))['url']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
});

test('--version and --help answer on stdout, whatever else is wrong', async () => {
  expect(await run(['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  const help = await run(['--help', '--nonsense'], { env: { TOUCHSTONE_FIXTURE_NONSENSE: '1' } });
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: touchstone-fixture'), stderr: '' });
});

test('--help to a reader that has gone is no fault', async () => {
  await using running = start(['--help'], { reads: ['stderr'] });
  running.child.stdout.destroy();
  expect(await running.ended()).toEqual({ code: 0, signal: null });
  expect(running.stderr.text).toBe('');
});
