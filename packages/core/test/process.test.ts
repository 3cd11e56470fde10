import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  cleanEnvironment,
  HOSTILE,
  Lines,
  type Message,
  PATIENT,
  parse,
  Running,
  type StartOptions,
  StdioClient,
  start,
  startStdio,
  within,
} from './harness.ts';
import { callHttp, callMessage, exchange, messagesOf, RawConnection, rawRequest, startHttp } from './wire.ts';

/** Long after it was told to end, a process is gone: clients wait 2 s before they kill, and a loaded machine gets five times that. */
const EXIT_MS = 10_000;

const ORDERLY = { code: 0, signal: null };

/** Every way in which a client ends a server over stdio. */
const ENDINGS: Record<string, (client: StdioClient) => void> = {
  'stdin ends': ({ process: { child } }) => child.stdin.end(),
  SIGINT: ({ process: { child } }) => child.kill('SIGINT'),
  SIGHUP: ({ process: { child } }) => child.kill('SIGHUP'),
  'SIGTERM, once or more': ({ process: { child } }) => [1, 2, 3].map(() => child.kill('SIGTERM')),
  'stdout is closed (EPIPE)': (client) => {
    client.process.child.stdout.destroy();
    client.send({ jsonrpc: '2.0', id: 'last', method: 'ping' });
  },
};

/** They differ from SIGTERM in name only: tried where it is cheap. */
const ALIKE = ['SIGINT', 'SIGHUP'];

interface State {
  args?: string[];
  options?: StartOptions;
  prepare: (client: StdioClient) => Promise<unknown>;
  cheap?: true;
}

const call = (id: string | number, name: string, args: Record<string, unknown>): Message => ({ ...callMessage(name, args), id });

/** What a server may be doing when it is told to end. */
const STATES: Record<string, State> = {
  'it is idle': { cheap: true, prepare: (client) => client.initialize() },
  'a call is running': {
    cheap: true,
    async prepare(client) {
      client.send(call('long', 'wait_long', {}));
      expect((await client.call('read_diary')).result.structuredContent.entries).toEqual(['started']);
    },
  },
  'calls are running that ignore their signal': {
    args: ['--max-concurrency', '2'],
    async prepare(client) {
      client.send(call('read', 'read_diary', {}));
      await client.answerTo('read');
      for (const id of [1, 2, 3, 4]) client.send(call(id, 'wait_long', { deaf: true }));
      await client.request('ping');
    },
  },
  'the client does not read its answers': {
    options: { reads: ['stderr'] },
    async prepare(client) {
      for (let id = 0; id < 12; id++) client.send(call(id, 'answer_long', { characters: 39_000, of: '\t' }));
      const served = () => client.process.stderr.all.filter((line) => line.includes('answer_long')).length;
      await expect.poll(served, PATIENT).toBe(12);
    },
  },
  'nobody reads its log': {
    options: { reads: ['stdout'] },
    async prepare(client) {
      // Each of these is nine characters of log.
      for (let id = 0; id < 400; id++) client.send(call(id, 'echo_text', { text: '\u202e'.repeat(500) }));
      await client.answerTo(399);
    },
  },
  'its log is closed': {
    async prepare(client) {
      client.process.child.stderr.destroy();
      for (let count = 0; count < 3; count++) expect((await client.call('make_all_noise')).result.structuredContent.text).toBe('done');
    },
  },
  'closing what it has opened takes for ever': { args: ['--closing', 'never'], prepare: (client) => client.request('ping') },
};

describe.each(Object.entries(STATES))('while %s', (_name, { args = [], options = {}, prepare, cheap }) => {
  test('every ending is orderly, and in time', async () => {
    const outcomes = Object.entries(ENDINGS)
      .filter(([name]) => cheap || !ALIKE.includes(name))
      .map(async ([name, end]) => {
        await using client = new StdioClient(start(['--rate-limit', '0', ...args], options));
        await prepare(client);
        const began = performance.now();
        end(client);
        const ending = await within(client.process.ending, () => `${name}: the exit`);
        const late = performance.now() - began > EXIT_MS;
        expect(() => process.kill(client.process.child.pid, 0)).toThrow('ESRCH');
        return { name, ...ending, late };
      });
    for (const outcome of await Promise.all(outcomes)) expect(outcome).toEqual({ name: outcome.name, ...ORDERLY, late: false });
  });
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s while it is still opening what it needs', async (signal) => {
  await using running = start(['--opening', 'never']);
  await running.logged('opening');
  const began = performance.now();
  running.child.kill(signal);
  expect(await running.ended()).toEqual(ORDERLY);
  expect(performance.now() - began).toBeLessThan(EXIT_MS);
});

describe('ST-002: the parent dies, and somebody else keeps the pipe open', () => {
  const run = (program: string, args: string) => `spawn(process.execPath, [${program}, ${args}], { stdio: 'inherit' })`;
  const wrapper = `
    const { spawn } = require('node:child_process');
    const { pid } = ${run(JSON.stringify(HOSTILE), "'--rate-limit', '0'")};
    console.error(JSON.stringify({ msg: 'wrapper', wrapper: process.pid, pid }));`;
  const grandparent = `
    const { spawn } = require('node:child_process');
    ${run("'-e'", JSON.stringify(wrapper))};
    setInterval(() => {}, 60_000);`;

  test.each([
    ['idle', false],
    ['with a call that ignores its signal', true],
  ])('%s', async (_name, deaf) => {
    const child = spawn(process.execPath, ['-e', grandparent], { env: cleanEnvironment({}), stdio: 'pipe' });
    await using client = new StdioClient(new Running(child));
    const { wrapper, pid } = await client.process.logged('wrapper');
    await client.initialize();
    if (deaf) client.send(call('deaf', 'wait_long', { deaf }));
    await client.request('ping');
    process.kill(Number(wrapper), 'SIGKILL');
    await expect.poll(() => isAlive(Number(pid)), { timeout: EXIT_MS, interval: 20 }).toBe(false);
    // Its last words may still be on their way when it is gone.
    await expect.poll(() => client.process.stderr.text, PATIENT).toContain('the parent has died');
  });
});

/** A process that has ended and waits for a parent to ask is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('what is in flight when stdin ends', () => {
  test('is answered', async () => {
    await using client = await startStdio();
    client.send(call('slow', 'wait_long', { ms: 300 }));
    client.send(call('quick', 'echo_text', { text: 'x' }));
    client.process.child.stdin.end();
    expect((await client.answerTo('quick')).result.structuredContent.text).toBe('x');
    expect((await client.answerTo('slow')).result.structuredContent.text).toBe('waited');
    expect(await client.process.ended()).toEqual(ORDERLY);
  });

  test('is answered to a client that begins to read only then', async () => {
    const state = STATES['the client does not read its answers'] as State;
    await using client = new StdioClient(start(['--rate-limit', '0'], state.options));
    await state.prepare(client);
    // Not taken from a client that does not read.
    for (let id = 100; id < 140; id++) client.send({ jsonrpc: '2.0', id, method: 'ping' });
    client.process.child.stdin.end();
    const output = new Lines(client.process.child.stdout);
    await within(output.ended, () => 'the end of the output');
    expect(new Set(output.all.map((line) => parse<Message>(line)?.id)).size).toBe(12 + 40);
  });

  test('is answered through the pipes of a shell, however much it is', async () => {
    const lines = Array.from({ length: 200 }, (_, id) => `${JSON.stringify(call(id, 'answer_long', { characters: 30_000 }))}\n`).join('');
    const shell = spawn('sh', ['-c', 'cat | "$0" "$1" --rate-limit 0 2>/dev/null | cat', process.execPath, HOSTILE], {
      env: cleanEnvironment({}),
    });
    await using running = new Running(shell);
    running.child.stdin.end(lines);
    await running.ended();
    expect(new Set(running.stdout.all.map((line) => parse<Message>(line)?.id)).size).toBe(200);
  });
});

describe('CO-004: a fault that nobody caught', () => {
  test.each(['reject', 'throw'])('over stdio (%s): the log says so, the secrets left out, and the exit code is 1', async (how) => {
    await using client = await startStdio();
    expect((await client.call('fail_late', { how })).result.structuredContent.text).toBe('fine so far');
    expect(await client.process.ended()).toEqual({ code: 1, signal: null });
    const fatal = client.process.stderr.all
      .map((line) => parse<{ level: string; err: { message: string } }>(line))
      .filter((line) => line?.level === 'fatal');
    expect(fatal.map((line) => line?.err.message)).toEqual(['nobody waited for postgres://[redacted]@db/prod']);
  });

  test.each(['reject', 'throw'])('over HTTP (%s): what is in flight is still answered', async (how) => {
    await using server = await startHttp();
    await using connection = new RawConnection(server.port);
    connection.send(rawRequest(server.port, { body: JSON.stringify(callMessage('wait_long', { ms: 300 })) }));
    await expect
      .poll(async () => (await callHttp(server.port, 'read_diary'))?.result.structuredContent.entries, PATIENT)
      .toEqual(['started']);
    expect((await callHttp(server.port, 'fail_late', { how }))?.result.structuredContent.text).toBe('fine so far');
    expect(messagesOf(await connection.answer())[0]?.result.structuredContent.text).toBe('waited');
    expect(await server.process.ended()).toEqual({ code: 1, signal: null });
    expect(server.process.stderr.text).not.toContain('hunter2');
  });
});

describe('TR-008: memory', () => {
  const peak = ({ process: { child } }: StdioClient) =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;

  test.skipIf(process.platform !== 'linux')(
    'a line without an end is refused once, forgotten as it comes, and the stream goes on',
    async () => {
      await using client = await startStdio();
      const before = peak(client);
      const megabyte = 'x'.repeat(1 << 20);
      for (let count = 0; count < 200; count++)
        await new Promise<void>((resolve) =>
          client.process.child.stdin.write(count === 0 ? `{"jsonrpc":"2.0","x":"${megabyte}` : megabyte, () => resolve()),
        );
      client.send('"}');
      expect((await client.request('ping')).result).toEqual({});
      const refusals = client.process.stdout.all.map((line) => parse<Message>(line)).filter((message) => message?.error !== undefined);
      expect(refusals.map((message) => [message?.id, message?.error?.code])).toEqual([[null, -32600]]);
      // Two hundred megabytes went by.
      expect(peak(client) - before).toBeLessThan(120);
    },
  );
});

describe('over HTTP', () => {
  test('SIGTERM, even twice, lets calls in flight finish, and nothing new begin', async () => {
    await using server = await startHttp();
    await using busy = new RawConnection(server.port);
    const post = (message: unknown) => rawRequest(server.port, { body: JSON.stringify(message) });
    busy.send(post(callMessage('wait_long', { ms: 700 }, 'slow')));
    await expect
      .poll(async () => (await callHttp(server.port, 'read_diary'))?.result.structuredContent.entries, PATIENT)
      .toEqual(['started']);
    server.process.child.kill('SIGTERM');
    await server.process.logged('stopping');
    server.process.child.kill('SIGTERM');
    await expect.poll(() => exchange(server.port, post(callMessage('echo_text', { text: 'x' }))), PATIENT).toBeUndefined();
    // A probe, and a call, on a connection that is still open.
    busy.send(
      Buffer.concat([rawRequest(server.port, { method: 'GET', target: '/readyz' }), post(callMessage('echo_text', { text: 'late' }))]),
    );
    expect(messagesOf(await busy.answer())[0]).toMatchObject({ id: 'slow', result: { structuredContent: { text: 'waited' } } });
    expect(await busy.answer()).toMatchObject({ status: 503, body: '{"status":"stopping"}' });
    expect((await busy.answer())?.status).toBe(503);
    expect(await server.process.ended()).toEqual(ORDERLY);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends an idle server in time, whatever connections are open', async (signal) => {
    await using server = await startHttp();
    await using silent = new RawConnection(server.port);
    await using half = new RawConnection(server.port);
    half.send('POST /mcp HTTP/1.1\r\nHost: ');
    await using kept = new RawConnection(server.port);
    await kept.send(rawRequest(server.port, { method: 'GET', target: '/healthz' })).answer();
    const began = performance.now();
    server.process.child.kill(signal);
    expect(await server.process.ended()).toEqual(ORDERLY);
    expect(performance.now() - began).toBeLessThan(EXIT_MS);
    await Promise.all([silent.closed, half.closed, kept.closed]);
  });
});

describe('the compile cache, of which every byte runs as this user', () => {
  const at = (folder: string) => ({ TMPDIR: folder, TEMP: folder, TMP: folder });

  test.each([
    ['in the home directory', (folder: string) => ({ HOME: folder, XDG_CACHE_HOME: '' }), '.cache/touchstone'],
    ['where the system keeps caches', (folder: string) => ({ HOME: '/', XDG_CACHE_HOME: folder }), 'touchstone'],
    ['where Node was told', (folder: string) => ({ HOME: '/', NODE_COMPILE_CACHE: join(folder, 'own') }), 'own'],
    ['nowhere without a home', () => ({ HOME: '', USERPROFILE: '', XDG_CACHE_HOME: 'relative' }), undefined],
  ])('lies %s, and never where others can write', async (_name, env, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'touchstone-cache-'));
    try {
      await using client = new StdioClient(start([], { env: { ...at(folder), ...env(folder) } }));
      await client.initialize();
      client.process.child.stdin.end();
      expect(await client.process.ended()).toEqual(ORDERLY);
      expect(existsSync(join(folder, 'node-compile-cache'))).toBe(false);
      if (expected !== undefined) expect(existsSync(join(folder, expected))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
