import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { callTool } from '../../src/call.ts';
import { commonSchema } from '../../src/config/common.ts';
import { ConfigError, loadConfig } from '../../src/config/load.ts';
import { optionsOf } from '../../src/config/options.ts';
import { Slots } from '../../src/guards/slots.ts';
import { createLog } from '../../src/log.ts';
import { connect, type TestClient } from '../../src/testing/index.ts';
import { hostile } from '../fixture/hostile.ts';
import { type StdioClient, startStdio } from '../harness.ts';
import { injections, settings, sizes, values } from './core.ts';

describe('over stdio, where an answer that cannot be written would never come', () => {
  let client: StdioClient;

  beforeAll(async () => {
    client = await startStdio(['--rate-limit', '0']);
  });

  afterAll(() => client[Symbol.asyncDispose]());

  test.each(values.flatMap((row) => [false, true].map((compact) => [row.what, compact, row] as const)))(
    'CO-007: %s (in the data only: %s)',
    async (what, compact, { becomes, code }) => {
      const { result } = await client.call('answer_oddly', { what, compact });
      expect(result._meta?.code).toBe(code);
      // As text: matchers have their own idea of a member called __proto__.
      if (code === undefined) expect(JSON.stringify(result.structuredContent)).toBe(JSON.stringify({ value: becomes, compact }));
    },
  );

  test.each(sizes.map((row) => [row.why, row] as const))('CO-008: %s', async (_why, { why: _, code, ...args }) => {
    const { result } = await client.call('answer_long', args);
    expect(result._meta?.code).toBe(code);
    expect(JSON.stringify(result).length).toBeLessThan(500_000);
  });

  test.each(injections.map((text) => [JSON.stringify(text), text] as const))(
    'CO-001: %s stays within its line of log',
    async (_name, text) => {
      const { stderr } = client.process;
      const before = stderr.all.length;
      await client.call('echo_text', { text });
      await client.call('fail_with', { text, where: 'message' });
      await stderr.find('the second call', (line) => (line.includes('"fail_with"') ? line : undefined), before);
      // Those of an earlier call may come late.
      const lines = stderr.all.slice(before).filter((line) => !line.includes('"answer_long"'));
      expect(lines.map((line) => JSON.parse(line).level)).toEqual(['info', 'error']);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
      expect(JSON.parse(lines[0] as string)).toMatchObject({ msg: 'call', audit: { tool: 'echo_text', outcome: 'ok' } });
    },
  );

  test('it is still there, and unpolluted', async () => {
    expect((await client.call('count_items', { items: [] })).result.structuredContent).toEqual({ count: 0, polluted: false });
  });
});

describe('in memory', () => {
  let client: TestClient;

  beforeAll(async () => {
    client = await connect(hostile, {});
  });

  afterAll(() => client[Symbol.asyncDispose]());

  test('CO-005: what a server says of itself does not change with what it is told', async () => {
    const before = JSON.stringify(await client.listTools());
    for (const text of injections) {
      await client.callTool('echo_text', { text }).catch(() => {});
      await client.callTool('fail_with', { text, where: 'message' });
      await client.callTool(text, {}).catch(() => {});
    }
    expect(JSON.stringify(await client.listTools())).toBe(before);
    await using another = await connect(hostile, {});
    expect(JSON.stringify(await another.listTools())).toBe(before);
  });

  test('CO-005: errors speak fixed words', async () => {
    const texts = await Promise.all(
      injections.map(async (text) => JSON.stringify((await client.callTool('fail_with', { text, where: 'cause' })).content)),
    );
    expect(new Set(texts).size).toBe(1);
  });

  test('CO-011: one caller cannot spend the calls of a minute twice, whatever it changes', async () => {
    await using limited = await connect(hostile, { rateLimit: 3, rateBurst: 0 });
    const codes: unknown[] = [];
    for (const tool of ['echo_text', 'echo_text', 'read_diary', 'echo_text', 'count_items'])
      codes.push((await limited.callTool(tool, { nonsense: codes.length }))._meta?.code);
    expect(codes).toEqual(['invalid_input', 'invalid_input', 'invalid_input', 'rate_limited', 'rate_limited']);
    expect((await limited.listTools()).length).toBeGreaterThan(0);
  });

  test('TR-019: a call that is cancelled just as its turn comes never starts', async () => {
    const controller = new AbortController();
    let started = false;
    const turn = async () => {
      controller.abort();
      return () => {};
    };
    const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
    const tool = { name: 'x', title: 'X', description: 'X.', inputSchema: z.strictObject({}), outputSchema: z.object({}), annotations };
    const facts = { caller: 'x', transport: 'stdio', era: 'modern', protocolVersion: undefined, requestId: '1', rpcId: '1' } as const;
    const result = await callTool(
      {
        ...tool,
        handler: () => {
          started = true;
        },
      },
      {
        ...facts,
        arguments: {},
        reply: { canAsk: false, answer: undefined, state: undefined },
        meta: undefined,
        signal: controller.signal,
        progress() {},
      },
      {
        dependencies: {},
        log: createLog('silent', [], { writableLength: 0, write: () => true }),
        rateLimit: async () => {},
        slots: Object.assign(new Slots(1), { acquire: turn }),
        telemetry: () => ({ traceId: undefined, end() {} }),
        consent: () => 'confirmed',
        findDeprecated: () => ({}),
        callTimeoutMs: 60_000,
        maxResultChars: 40_000,
        listOutputSchemas: false,
      },
    );
    expect({ started, isError: 'isError' in result && result.isError }).toEqual({ started: false, isError: true });
  });

  test('CO-015: a clock that jumps moves neither deadline nor duration', async () => {
    await using quick = await connect(hostile, { callTimeoutMs: 200 });
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const call = quick.callTool('wait_long', {});
      vi.setSystemTime(Date.now() + 86_400_000);
      expect((await call)._meta?.code).toBe('timeout');
      const { audit } = quick.log.findLast((line) => 'audit' in line) as { audit: { ms: number } };
      expect(audit.ms).toBeGreaterThan(190);
      expect(audit.ms).toBeLessThan(60_000);
      vi.setSystemTime(0);
      expect((await quick.callTool('echo_text', { text: 'x' })).structuredContent).toEqual({ text: 'x' });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('CO-009: settings', () => {
  const schema = commonSchema.extend(hostile.configSchema.shape);
  const options = optionsOf(schema, hostile.envPrefix);
  const directory = mkdtempSync(join(tmpdir(), 'touchstone-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each(settings.map((row, index) => [row.why, row, index] as const))(
    '%s',
    (_why, { argv = [], env = {}, file, mode = 0o600, says }, index) => {
      const path = join(directory, `${index}.json`);
      if (file !== undefined) {
        writeFileSync(path, file);
        chmodSync(path, mode);
      }
      const load = () =>
        loadConfig(schema, options, hostile.envPrefix, { argv: file === undefined ? argv : [...argv, '--config', path], env });
      expect(load).toThrow(ConfigError);
      expect(load).toThrow(says);
      expect(load).not.toThrow(/S3cr3t/);
      expect('polluted' in {}).toBe(false);
    },
  );

  test('what is read has no members of its own making', () => {
    const { config } = loadConfig(schema, options, hostile.envPrefix, { argv: [], env: { __proto__: 'x', constructor: 'y' } as never });
    expect(Object.keys(config)).not.toContain('__proto__');
    expect(config.verbose).toBe(false);
  });
});
