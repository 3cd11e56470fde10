import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import type { CallResult } from '../src/call.ts';
import { defineServer, type ErrorCode, type Tool, ToolError, toolDefiner } from '../src/index.ts';
import { connect, GENERATIONS, type TestClient } from '../src/testing/index.ts';
import { type Dependencies, fixture } from './fixture/server.ts';

const READ = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const ALLOWED_KEYS = ['tool', 'outcome', 'ms', 'chars', 'caller', 'transport', 'era', 'requestId', 'traceId', 'arguments'];
/** How long to wait for what must come: reached by failures only. */
const PATIENT = { timeout: 20_000, interval: 5 };

function textOf({ content: [first] }: CallResult): string {
  if (first?.type !== 'text') throw new Error('The first block is not text');
  return first.text;
}

/** What the log says of the calls so far. */
function audits({ log }: TestClient): Record<string, unknown>[] {
  return log.flatMap(({ audit }) => (audit === undefined ? [] : [audit as Record<string, unknown>]));
}

/** The log once it tells of so many calls. */
async function auditsOf(client: TestClient, calls: number): Promise<Record<string, unknown>[]> {
  await vi.waitUntil(() => audits(client).length >= calls, PATIENT);
  return audits(client);
}

/** A server whose one tool tells when it begins, and ends when the test says so. */
function gatedServer() {
  const gate = Promise.withResolvers<void>();
  const started: string[] = [];
  const signals: AbortSignal[] = [];
  let running = 0;
  let most = 0;
  const holdOpen = toolDefiner<object>()({
    name: 'hold_open',
    title: 'Hold open',
    description: 'Ends when it is told to.',
    inputSchema: z.strictObject({ name: z.string().describe('Name') }),
    outputSchema: z.object({ name: z.string().describe('Name') }),
    annotations: READ,
    async handler({ name }, { signal }) {
      started.push(name);
      signals.push(signal);
      most = Math.max(most, ++running);
      await gate.promise;
      running--;
      return { name };
    },
  });
  const server = defineServer({
    ...fixture,
    tools: () => [holdOpen],
    resources: () => [],
    open: async () => ({ diary: [], async [Symbol.asyncDispose]() {} }),
  });
  return { server, started, signals, open: gate.resolve, most: () => most };
}

describe.each(GENERATIONS)('%s client', (generation) => {
  describe('an answer', () => {
    test('has a text twin and the complete structured content, without what is not declared', async () => {
      await using client = await connect(fixture, {}, generation);
      const result = await client.callTool('echo_text', { text: 'grüß dich' });
      expect(result.isError).toBeUndefined();
      expect(result.content).toEqual([{ type: 'text', text: 'grüß dich' }]);
      expect(result.structuredContent).toEqual({ text: 'grüß dich' });
    });

    test('has its JSON as text where the tool gives none', async () => {
      await using client = await connect(fixture, {}, generation);
      const result = await client.callTool('count_items', { items: [1, 'two', null] });
      expect(result.structuredContent).toMatchObject({ count: 3 });
      expect(JSON.parse(textOf(result))).toEqual(result.structuredContent);
    });

    test('has its media before the text, also where that is its JSON', async () => {
      await using client = await connect(fixture, {}, generation);
      const { content, structuredContent } = await client.callTool('show_picture');
      expect(content).toEqual([
        { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' },
        { type: 'text', text: '{"width":1}' },
      ]);
      expect(structuredContent).toEqual({ width: 1 });
    });

    test('hides nothing: invisible characters are written out in both', async () => {
      await using client = await connect(fixture, {}, generation);
      const result = await client.callTool('echo_text', { text: 'a\u202eb\u{e0041}' });
      expect(textOf(result)).toBe('a\\u{202e}b\\u{e0041}');
      expect(result.structuredContent).toEqual({ text: 'a\\u{202e}b\\u{e0041}' });
    });

    test('is preceded by the progress that was asked for, in order', async () => {
      await using client = await connect(fixture, {}, generation);
      const steps: unknown[] = [];
      await client.callTool('report_progress', {}, { onprogress: (step) => steps.push(step) });
      expect(steps).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3, message: `step ${progress}` })));
    });

    test('comes without progress where nobody asked', async () => {
      await using client = await connect(fixture, {}, generation);
      expect((await client.callTool('report_progress')).structuredContent).toEqual({ text: 'done' });
    });
  });

  describe('a refusal', () => {
    test.each([
      ['a missing argument', 'echo_text', {}, /^invalid_input: .*expected string, received undefined\n.*at text\n/],
      ['an argument of another type', 'echo_text', { text: 1 }, /^invalid_input: .*expected string, received number\n.*at text\n/],
      ['an argument that is not known', 'echo_text', { text: 'a', texts: 'b' }, /^invalid_input: .*Unrecognized key: "texts"/],
      ['a value that is none of the choices', 'fail_hard', { how: 'softly' }, /^invalid_input: .*expected one of .*\n.*at how/],
    ])('names %s', async (_name, tool, args, text) => {
      await using client = await connect(fixture, {}, generation);
      const result = await client.callTool(tool, args);
      expect(result).toMatchObject({ isError: true, _meta: { code: 'invalid_input', retryable: false } });
      expect(textOf(result)).toMatch(text);
      expect(textOf(result)).toMatch(/\nFix the arguments and call again\.$/);
      expect(result.structuredContent).toBeUndefined();
    });

    test('of an unknown tool is an error of the protocol', async () => {
      await using client = await connect(fixture, {}, generation);
      await expect(client.callTool('no_such_tool')).rejects.toMatchObject({
        code: -32602,
        message: expect.stringContaining('Unknown tool: no_such_tool'),
      });
      await expect(client.callTool('constructor')).rejects.toMatchObject({ code: -32602 });
      expect(audits(client)).toMatchObject([
        { tool: '(unknown)', outcome: 'not_found' },
        { tool: '(unknown)', outcome: 'not_found' },
      ]);
    });

    test('in the words of a ToolError has its code and hint; its cause is for the log', async () => {
      await using client = await connect(fixture, {}, generation);
      const result = await client.callTool('fail_hard', { how: 'tool_error' });
      expect(result).toMatchObject({ isError: true, _meta: { code: 'conflict', retryable: true } });
      expect(textOf(result)).toBe('conflict: It has changed.\nRead it again.');
      expect(JSON.stringify(result)).not.toContain('row 17');
      expect(client.log.at(-1)).toMatchObject({ level: 'info', err: { message: 'row 17' }, audit: { outcome: 'conflict' } });
    });

    test.each(['throw', 'wrong_output', 'not_a_number'])(
      'for a fault of ours (%s) is a fixed sentence; the log has the rest',
      async (how) => {
        await using client = await connect(fixture, {}, generation);
        const result = await client.callTool('fail_hard', { how });
        expect(result).toMatchObject({ isError: true, _meta: { code: 'internal', retryable: false } });
        expect(textOf(result)).toBe(
          'internal: The server failed to answer this call.\n' +
            'This is a fault of the server, not of the arguments. Tell the user; the log has the details.',
        );
        expect(result.structuredContent).toBeUndefined();
        expect(JSON.stringify(result)).not.toMatch(/hunter2|10\.0\.0\.7|private detail|wrong/);
        expect(client.log.at(-1)).toMatchObject({
          level: 'error',
          msg: 'call failed',
          audit: { outcome: 'internal' },
          err: { type: 'Error' },
        });
      },
    );

    test('leaves no secret of the cause in the log', async () => {
      await using client = await connect(fixture, {}, generation);
      await client.callTool('fail_hard', { how: 'throw' });
      expect(client.log.at(-1)).toMatchObject({ err: { message: expect.stringContaining('10.0.0.7/prod failed') } });
      expect(JSON.stringify(client.log)).not.toMatch(/hunter2|ghp_/);
    });

    test('of what is too large says how large it is', async () => {
      await using client = await connect(fixture, { maxResultChars: 1_000 }, generation);
      const result = await client.callTool('fail_hard', { how: 'too_big' });
      expect(result).toMatchObject({ isError: true, _meta: { code: 'too_large', retryable: false } });
      expect(textOf(result)).toMatch(/^too_large: The answer has 1000\d{3} characters; the limit is 1000\.\nAsk for less/);
    });
  });

  test('characters that are written out may double an answer that keeps to its budget, and no more', async () => {
    await using client = await connect(fixture, { maxResultChars: 1_000 }, generation);
    const coloured = '\u001b[31mred\u001b[0m '.repeat(50);
    const answer = await client.callTool('echo_text', { text: coloured });
    expect(textOf(answer)).toBe(coloured.replaceAll('\u001b', '\\u{1b}'));
    expect(textOf(answer).length).toBeGreaterThan(1_000);
    expect(await client.callTool('echo_text', { text: '\u001b'.repeat(900) })).toMatchObject({ _meta: { code: 'too_large' } });
  });

  describe('time', () => {
    test('the deadline answers the client and stops the work', async () => {
      await using client = await connect(fixture, { callTimeoutMs: 50 }, generation);
      const result = await client.callTool('wait_long');
      expect(result).toMatchObject({ isError: true, _meta: { code: 'timeout', retryable: true } });
      expect(textOf(result)).toBe('timeout: The call took longer than 50 ms.\nAsk for less, or tell the user to raise callTimeoutMs.');
      expect((await client.callTool('read_diary')).structuredContent).toEqual({ entries: ['started', 'aborted'] });
    });

    test('a deaf handler keeps its slot until it ends, and the client is answered all the same', async () => {
      const { server, started, signals, open } = gatedServer();
      await using client = await connect(server, { callTimeoutMs: 50, maxConcurrency: 1 }, generation);
      expect(await client.callTool('hold_open', { name: 'deaf' })).toMatchObject({ _meta: { code: 'timeout' } });
      expect(signals[0]?.aborted).toBe(true);
      expect(await client.callTool('hold_open', { name: 'waits in vain' })).toMatchObject({ _meta: { code: 'timeout' } });
      open();
      expect((await client.callTool('hold_open', { name: 'next' })).structuredContent).toEqual({ name: 'next' });
      expect(started).toEqual(['deaf', 'next']);
    });

    test('a call that ended well aborts nothing afterwards', async () => {
      const { server, signals, open } = gatedServer();
      open();
      await using client = await connect(server, { callTimeoutMs: 50 }, generation);
      await client.callTool('hold_open', { name: 'quick' });
      // Another call that runs into the deadline: by then that of the first would have passed too.
      await using other = await connect(fixture, { callTimeoutMs: 60 }, generation);
      await other.callTool('wait_long');
      expect(signals[0]?.aborted).toBe(false);
    });

    test('a client that leaves aborts its call', async () => {
      const { server, started, signals, open } = gatedServer();
      const client = await connect(server, {}, generation);
      const call = client.callTool('hold_open', { name: 'left alone' }).catch(() => 'gone');
      await vi.waitUntil(() => started.length === 1, PATIENT);
      await client[Symbol.asyncDispose]();
      expect(await call).toBe('gone');
      expect(await auditsOf(client, 1)).toMatchObject([{ outcome: 'cancelled' }]);
      expect(signals[0]?.aborted).toBe(true);
      open();
    });
  });

  describe('many calls', () => {
    test('never run more at once than allowed, and all have their turn', async () => {
      const { server, started, open, most } = gatedServer();
      await using client = await connect(server, { maxConcurrency: 2 }, generation);
      const names = ['a', 'b', 'c', 'd', 'e'];
      const calls = Promise.all(names.map((name) => client.callTool('hold_open', { name })));
      await vi.waitUntil(() => started.length === 2, PATIENT);
      open();
      expect((await calls).map(({ structuredContent }) => structuredContent)).toEqual(names.map((name) => ({ name })));
      expect(started).toEqual(names);
      expect(most()).toBe(2);
    });

    test('are refused where too many wait', async () => {
      const { server, started, open } = gatedServer();
      await using client = await connect(server, { maxConcurrency: 1 }, generation);
      const outcomes: string[] = [];
      const calls = Array.from({ length: 20 }, async (_, index) => {
        const result = await client.callTool('hold_open', { name: String(index) });
        outcomes.push(String(result._meta?.code ?? 'ok'));
        return result;
      });
      // One runs, sixteen wait.
      await vi.waitUntil(() => outcomes.length === 3, PATIENT);
      expect(outcomes).toEqual(['rate_limited', 'rate_limited', 'rate_limited']);
      open();
      const refused = (await Promise.all(calls)).filter(({ isError }) => isError);
      expect(refused.map(textOf)).toEqual(
        Array(3).fill('rate_limited: The server is busy with other calls.\nWait a few seconds, then retry.'),
      );
      expect(started).toHaveLength(17);
    });

    test('over the rate are told how long to wait', async () => {
      await using client = await connect(fixture, { rateLimit: 2, rateBurst: 1 }, generation);
      for (let call = 0; call < 3; call++) expect((await client.callTool('read_diary')).isError).toBeUndefined();
      const result = await client.callTool('read_diary');
      expect(result).toMatchObject({ isError: true, _meta: { code: 'rate_limited', retryable: true } });
      expect(textOf(result)).toMatch(/^rate_limited: Too many calls: the limit is 2 a minute\.\nWait \d+ seconds, then retry\.$/);
    });
  });

  describe('the audit', () => {
    test('has one line for each call, whatever its outcome, and the allowed keys only', async () => {
      await using client = await connect(fixture, { rateLimit: 8, rateBurst: 0, callTimeoutMs: 50 }, generation);
      await client.callTool('echo_text', { text: 'kept', secret: 'not kept' });
      await client.callTool('echo_text', { secret: 'not kept', unknown: 'not kept' });
      await client.callTool('count_items', { items: ['not kept'] });
      for (const how of ['throw', 'tool_error', 'too_big', 'wrong_output']) await client.callTool('fail_hard', { how });
      await client.callTool('wait_long');
      await client.callTool('read_diary');
      expect(audits(client).map(({ tool, outcome }) => [tool, outcome])).toEqual([
        ['echo_text', 'ok'],
        ['echo_text', 'invalid_input'],
        ['count_items', 'ok'],
        ['fail_hard', 'internal'],
        ['fail_hard', 'conflict'],
        ['fail_hard', 'too_large'],
        ['fail_hard', 'internal'],
        ['wait_long', 'timeout'],
        ['read_diary', 'rate_limited'],
      ]);
      for (const audit of audits(client)) {
        expect(ALLOWED_KEYS).toEqual(expect.arrayContaining(Object.keys(audit)));
        expect(audit).toMatchObject({
          ms: expect.any(Number),
          chars: expect.any(Number),
          caller: 'http',
          transport: 'http',
          era: generation === 'modern' ? 'modern' : 'legacy',
          requestId: expect.stringMatching(/^\d+$/),
        });
      }
      expect(JSON.stringify(client.log)).not.toContain('not kept');
    });

    test('keeps the arguments that the tool names, abridged and made visible', async () => {
      await using client = await connect(fixture, {}, generation);
      await client.callTool('echo_text', { text: `\u202e${'x'.repeat(1_000)}` });
      expect(audits(client)).toMatchObject([{ arguments: { text: `\\u{202e}${'x'.repeat(499)}` }, chars: 1_008 }]);
      await client.callTool('count_items', { items: [] });
      expect(audits(client)[1]).not.toHaveProperty('arguments');
    });
  });
});

describe('a cancelled call', () => {
  // Over HTTP a client of 2025 tells so in a request of its own, which a server without sessions cannot match to the call.
  test('aborts its handler and is logged as such', async () => {
    await using client = await connect(fixture, {});
    const leaving = new AbortController();
    const call = client.callTool('wait_long', {}, { signal: leaving.signal });
    const entries = async () => (await client.callTool('read_diary')).structuredContent?.['entries'];
    await vi.waitUntil(async () => JSON.stringify(await entries()) === '["started"]', PATIENT);
    leaving.abort();
    await expect(call).rejects.toThrow();
    await vi.waitUntil(() => audits(client).some(({ outcome }) => outcome === 'cancelled'), PATIENT);
    expect(await entries()).toEqual(['started', 'aborted']);
  });

  test('gives up its place in the queue', async () => {
    const { server, started, open } = gatedServer();
    await using client = await connect(server, { maxConcurrency: 1 });
    const first = client.callTool('hold_open', { name: 'first' });
    await vi.waitUntil(() => started.length === 1, PATIENT);
    const leaving = new AbortController();
    const second = client.callTool('hold_open', { name: 'second' }, { signal: leaving.signal });
    const third = client.callTool('hold_open', { name: 'third' });
    leaving.abort();
    await expect(second).rejects.toThrow();
    open();
    await Promise.all([first, third]);
    expect(started).toEqual(['first', 'third']);
  });
});

describe('faults of a tool beyond its handler', () => {
  const tool = toolDefiner<Dependencies>()({
    name: 'break_down',
    title: 'Break down',
    description: 'Fails late.',
    inputSchema: z.strictObject({}),
    outputSchema: z.object({ data: z.unknown() }),
    annotations: READ,
    handler: () => ({ data: 0 }),
  });
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const fail = (): never => {
    throw new Error('hunter2');
  };
  const faults: [string, Partial<Tool<Dependencies>>, ErrorCode][] = [
    ['its text fails', { text: fail }, 'internal'],
    ['its data are circular', { handler: () => ({ data: circular }) }, 'internal'],
    ['it throws no error', { handler: () => Promise.reject('hunter2') }, 'internal'],
    ['its structure is large, though its text is short', { handler: () => ({ data: Array(2_000).fill(0) }), text: () => '' }, 'too_large'],
    ['its text is large, though its structure is small', { text: () => 'x'.repeat(1_001) }, 'too_large'],
    ['its text grows when it is made visible', { text: () => '\u202e'.repeat(1_000) }, 'too_large'],
  ];

  test.each(faults)('%s', async (_name, parts, code) => {
    await using client = await connect({ ...fixture, tools: () => [{ ...tool, ...parts }] }, { maxResultChars: 1_000 });
    const result = await client.callTool('break_down');
    expect(result).toMatchObject({ isError: true, _meta: { code } });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  test('at the deadline its own words for having been aborted do not count', async () => {
    const handler = (_input: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('socket hang up'))));
    await using client = await connect({ ...fixture, tools: () => [{ ...tool, handler }] }, { callTimeoutMs: 20 });
    expect(await client.callTool('break_down')).toMatchObject({ _meta: { code: 'timeout' } });
  });

  test('a message beyond measure is cut, and hides nothing', async () => {
    const handler = () => {
      throw new ToolError('denied', `\u202e${'x'.repeat(10_000)}`);
    };
    await using client = await connect({ ...fixture, tools: () => [{ ...tool, handler }] }, {});
    expect(textOf(await client.callTool('break_down'))).toBe(`denied: \\u{202e}${'x'.repeat(1_999)}`);
  });
});

test('tools are a function of the settings', async () => {
  await using quiet = await connect(fixture, {});
  await using verbose = await connect(fixture, { verbose: true });
  const names = async (client: TestClient) => (await client.listTools()).map(({ name }) => name);
  expect(await names(verbose)).toEqual([...(await names(quiet)), 'echo_more']);
  await expect(quiet.callTool('echo_more', { text: 'a' })).rejects.toMatchObject({ code: -32602 });
});

describe('a choice of tools', () => {
  test.each([
    [{ tools: ['echo_text', 'wait_long'] }, ['echo_text', 'wait_long']],
    [{ tools: ['wait_long', 'echo_text'], excludeTools: ['echo_text'] }, ['wait_long']],
    [{ tools: ['echo_text', 'fail_hard'] }, ['echo_text', 'fail_hard']],
  ])('%j', async (settings, names) => {
    await using client = await connect(fixture, settings);
    expect((await client.listTools()).map((tool) => tool.name)).toEqual(names);
    await expect(client.callTool('read_diary')).rejects.toThrow('Unknown tool');
  });

  test('a name that fits no tool stops the start', async () => {
    await expect(connect(fixture, { excludeTools: ['echo_txt'] })).rejects.toThrow(
      /^No tool echo_txt with these settings\. There are: echo_text, /,
    );
  });
});

describe('an unknown tool', () => {
  test('is in the log, and counted', async () => {
    await using client = await connect(fixture, { rateLimit: 2, rateBurst: 0 });
    for (const _ of [1, 2]) await expect(client.callTool('nothing_here')).rejects.toThrow('Unknown tool: nothing_here');
    await expect(client.callTool('nothing_here')).rejects.toThrow('rate_limited');
    expect(client.log.map((line) => line['audit'])).toMatchObject([
      { tool: '(unknown)', outcome: 'not_found', arguments: { name: 'nothing_here' } },
      { tool: '(unknown)', outcome: 'not_found' },
      { tool: '(unknown)', outcome: 'rate_limited' },
    ]);
  });
});

test('a reply has a bound in bytes, whatever its characters weigh', async () => {
  await using client = await connect(fixture, { maxResultChars: 1_000 });
  expect(await client.callTool('echo_text', { text: '\u8a9e'.repeat(990) })).toMatchObject({ structuredContent: {} });
  const heavy = '\u8a9e'.repeat(750) + '\u0001'.repeat(250);
  expect(textOf(await client.callTool('echo_text', { text: heavy }))).toMatch(/^too_large: The answer has \d+ bytes; the limit is 6250\./);
});

test.each(GENERATIONS)(
  '%s: by default the schemas of answers are not listed, and answers are structured all the same',
  async (generation) => {
    await using client = await connect(fixture, { listOutputSchemas: false }, generation);
    const tools = await client.listTools();
    expect(tools.map((tool) => 'outputSchema' in tool)).toEqual(tools.map(() => false));
    expect((await client.callTool('echo_text', { text: 'hello' })).structuredContent).toEqual({ text: 'hello' });
  },
);
