import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod';
import { fixture } from '../test/fixture/server.ts';
import { defineServer } from './define.ts';
import { ToolError } from './errors.ts';
import { launch } from './launch.ts';
import { main } from './main.ts';

/** How long to wait for what must come: reached by failures only. */
const PATIENT = { timeout: 20_000, interval: 5 };

beforeEach(() => {
  // The last resort of a stopping process would end this one.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  vi.stubGlobal('console', console);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** In place of `process`: its own streams, signals and end, for the rest the real one. */
function processOf(argv: readonly string[], env: Record<string, string> = {}, rest: object = {}) {
  const events = new EventEmitter();
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const written = { stdout: '', stderr: '' };
  const ended = Promise.withResolvers<number>();
  const own = {
    argv: ['node', 'server', ...argv],
    execArgv: [] as string[],
    env,
    stdin,
    stdout,
    stderr,
    exitCode: 0,
    on: events.on.bind(events),
    once: events.once.bind(events),
    exit: (code?: number) => ended.resolve(code ?? fake.exitCode),
    ...rest,
  };
  const fake: typeof own = Object.create(process, Object.getOwnPropertyDescriptors(own));
  stdout.setEncoding('utf8').on('data', (text) => {
    written.stdout += text;
  });
  stderr.setEncoding('utf8').on('data', (text) => {
    written.stderr += text;
  });
  vi.stubGlobal('process', fake);
  const log = () => written.stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  return {
    written,
    stdin,
    emit: events.emit.bind(events),
    listening: (event: string) => events.listenerCount(event) > 0,
    ended: ended.promise,
    log,
    logged: async (msg: string) => {
      await vi.waitUntil(() => log().some((line) => line.msg === msg), PATIENT);
      return log().find((line) => line.msg === msg);
    },
    answers: () => written.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])),
  };
}

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1.0.0' } },
};

describe('what is only asked', () => {
  test.each(['--help', '-h'])('%s', async (flag) => {
    const { written } = processOf(['--max-rows', 'many', flag]);
    await main(fixture);
    await vi.waitUntil(() => written.stdout !== '', PATIENT);
    expect(written.stdout).toMatch(/^Fixture 1\.2\.3\n\nUsage: touchstone-fixture /);
    expect(written.stderr).toBe('');
  });

  test('--version', async () => {
    const { written } = processOf(['--version']);
    await main(fixture);
    await vi.waitUntil(() => written.stdout !== '', PATIENT);
    expect(written).toEqual({ stdout: '1.2.3\n', stderr: '' });
  });
});

describe('a start that fails', () => {
  const broken = (thrown: unknown) => ({ ...fixture, open: () => Promise.reject(thrown) });

  test.each([
    ['a setting', fixture, ['--max-row', '1'], {}, /^touchstone-fixture: Unknown flag --max-row\. Did you mean --max-rows\?\n/],
    [
      'an open door',
      fixture,
      ['--http', '--http-host', '0.0.0.0'],
      {},
      /^touchstone-fixture: Listening on 0\.0\.0\.0 would let anybody in\. Set TOUCHSTONE_FIXTURE_HTTP_TOKEN or TOUCHSTONE_FIXTURE_HTTP_TOKEN_FILE, /,
    ],
    [
      'what the server says',
      broken(new ToolError('unavailable', 'No database.', { hint: 'Start it.' })),
      [],
      {},
      /^touchstone-fixture: No database\. Start it\.\n/,
    ],
    ['without a hint', broken(new ToolError('unavailable', 'No database.')), [], {}, /^touchstone-fixture: No database\.\n/],
    ['a fault of ours', broken(new Error('at postgres://a:hunter2@db')), [], {}, /^touchstone-fixture: Error: at postgres:.*@db\n {4}at /],
    ['no error at all', broken('Zq8xVn3k'), [], { TOUCHSTONE_FIXTURE_API_KEY: 'Zq8xVn3k' }, /^touchstone-fixture: \[redacted\]\n/],
  ])('says so in a sentence, and how to get help: %s', async (_name, server, argv, env, text) => {
    const { written, ended } = processOf(argv, env);
    await main(server);
    expect(await ended).toBe(1);
    expect(written.stderr).toMatch(text);
    expect(written.stderr).toMatch(/\nSee touchstone-fixture --help\n$/);
    expect(written.stderr).not.toMatch(/hunter2|Zq8xVn3k/);
    expect(written.stdout).toBe('');
  });

  test('keeps quiet about every string of a secret, and about what the configuration file took from a variable', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'touchstone-main-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'config.json');
    writeFileSync(path, `{"keys":{"a":"Zq8xVn3k","b":["Yw7"]},"notes":["as \${NOTE}"]}`, { mode: 0o600 });
    const configSchema = fixture.configSchema.extend({
      keys: z.record(z.string(), z.unknown()).meta({ secret: true }),
      notes: z.array(z.string()),
    });
    const server = defineServer({
      ...fixture,
      configSchema,
      open: ({ keys, notes }) => Promise.reject(new ToolError('unavailable', JSON.stringify([keys, notes]))),
    });
    const { written, ended } = processOf(['--config', path], { NOTE: 'Xv6yUm2j' });
    await main(server);
    expect(await ended).toBe(1);
    expect(written.stderr).toContain('touchstone-fixture: [{"a":"[redacted]","b":["[redacted]"]},["as [redacted]"]]\n');
  });

  test('names an address that is not to be had', async () => {
    // An address of TEST-NET-1, which no machine has.
    const argv = ['--http', '--http-host', '192.0.2.1', '--http-port', '8080'];
    const { written, ended } = processOf(argv, { TOUCHSTONE_FIXTURE_HTTP_TOKEN: 'Zq8xVn3k' });
    await main(fixture);
    expect(await ended).toBe(1);
    expect(written.stderr).toContain('Cannot listen on 192.0.2.1:8080: EADDRNOTAVAIL. Choose another with --http-port.\n');
  });
});

describe('over stdio', () => {
  test('nothing but answers reaches stdout, and the end of the input is the end', async () => {
    let disposed = 0;
    const open: typeof fixture.open = async (...args) => ({
      ...(await fixture.open(...args)),
      async [Symbol.asyncDispose]() {
        disposed++;
      },
    });
    const { stdin, ended, answers, logged, written, log } = processOf([]);
    const running = main({ ...fixture, open });
    stdin.write(`${JSON.stringify(initialize)}\n`);
    stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    stdin.write('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"make_noise","arguments":{}}}\n');
    await vi.waitUntil(() => answers().length === 2, PATIENT);
    expect(answers()).toMatchObject([{ id: 1 }, { id: 2, result: { structuredContent: { text: 'done' } } }]);
    expect(written.stderr).toContain('banner of a library\nraw banner\n');
    stdin.end();
    expect(await logged('stopping')).toMatchObject({ reason: 'the client has left' });
    expect(await ended).toBe(0);
    await running;
    expect(disposed).toBe(1);
    expect(log().filter(({ level }) => level === 'error')).toEqual([]);
  });

  test.each([
    ['a flag', ['--hue', 'Zq8xVn3k'], {}],
    ['a variable', [], { TOUCHSTONE_FIXTURE_HUE: 'Zq8xVn3k' }],
  ])('%s that is deprecated is told in the log, without what it says', async (_source, argv, env) => {
    const hue = z.string().optional().describe('Hue. Deprecated: Use colours (since 1.4.0).').meta({ deprecated: true });
    const { stdin, ended, log, written } = processOf(argv, env);
    void main(defineServer({ ...fixture, configSchema: fixture.configSchema.extend({ hue }) }));
    stdin.end();
    expect(await ended).toBe(0);
    expect(log().filter(({ level }) => level === 'warn')).toEqual([
      { level: 'warn', time: expect.any(String), setting: 'hue', instead: 'Use colours (since 1.4.0).', msg: 'deprecated' },
    ]);
    expect(written.stderr).not.toContain('Zq8xVn3k');
  });

  test('a deprecated setting that nobody gives is not told of', async () => {
    const hue = z.string().default('red').describe('Deprecated: Use colours (since 1.4.0).').meta({ deprecated: true });
    const { stdin, ended, log } = processOf([]);
    void main(defineServer({ ...fixture, configSchema: fixture.configSchema.extend({ hue }) }));
    stdin.end();
    expect(await ended).toBe(0);
    expect(log().map(({ msg }) => msg)).toEqual(['stopping']);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('%s ends it', async (signal) => {
    const { ended, emit, listening, logged } = processOf([]);
    void main(fixture);
    await vi.waitUntil(() => listening(signal), PATIENT);
    emit(signal);
    expect(await logged('stopping')).toMatchObject({ reason: signal });
    expect(await ended).toBe(0);
  });

  test.each(['uncaughtException', 'unhandledRejection'])('%s ends it with an error', async (event) => {
    const { ended, emit, listening, logged } = processOf([]);
    void main(fixture);
    await vi.waitUntil(() => listening(event), PATIENT);
    emit(event, new Error('with password=hunter2'));
    expect(await logged('uncaught')).toMatchObject({ level: 'fatal', err: { message: 'with password=[redacted]' } });
    expect(await ended).toBe(1);
  });

  test('the death of its parent ends it', async () => {
    const { ended, listening, logged } = processOf([]);
    void main(fixture);
    await vi.waitUntil(() => listening('SIGTERM'), PATIENT);
    Object.defineProperty(process, 'ppid', { value: 1 });
    expect(await logged('stopping')).toMatchObject({ reason: 'the parent has died' });
    expect(await ended).toBe(0);
  });

  test('an open inspector is worth a warning', async () => {
    const { stdin, ended, logged } = processOf([], {}, { execArgv: ['--inspect=0.0.0.0'] });
    void main(fixture);
    stdin.end();
    expect(await logged('The inspector is open: whoever reaches it owns this process.')).toMatchObject({ level: 'warn' });
    expect(await ended).toBe(0);
  });
});

describe('over HTTP', () => {
  test('it says where it listens, asks for the token, and a signal ends it', async () => {
    const { ended, emit, logged, written } = processOf(['--http', '--http-port', '0'], { TOUCHSTONE_FIXTURE_HTTP_TOKEN: 'Zq8xVn3k' });
    void main(fixture);
    const { url } = await logged('listening');
    const post = (headers: Record<string, string>) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
        body: JSON.stringify(initialize),
      });
    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: 'Bearer Zq8xVn3k' })).status).toBe(200);
    emit('SIGTERM');
    expect(await ended).toBe(0);
    expect(written.stdout).toBe('');
  });
});

describe('launch', () => {
  test('a Node that is too old is told so, before anything is loaded', async () => {
    for (const node of ['20.19.0', '22.18.9']) {
      const { written } = processOf([], {}, { versions: { node }, version: `v${node}` });
      const load = vi.fn();
      await launch(load);
      expect(load).not.toHaveBeenCalled();
      expect(process.exitCode).toBe(1);
      await vi.waitUntil(() => written.stderr !== '', PATIENT);
      expect(written.stderr).toBe(`This server needs Node 22.19 or later, and this is v${node}: install it from https://nodejs.org\n`);
    }
  });

  test.each(['22.19.0', '22.20.0', '24.0.0'])('on Node %s it runs', async (node) => {
    const { written } = processOf(['--version'], {}, { versions: { ...process.versions, node } });
    await launch(async () => ({ main, server: fixture }));
    await vi.waitUntil(() => written.stdout !== '', PATIENT);
    expect(written).toEqual({ stdout: '1.2.3\n', stderr: '' });
  });
});
