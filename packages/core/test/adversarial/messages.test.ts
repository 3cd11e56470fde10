import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Message, parse, type StdioClient, startStdio } from '../harness.ts';
import { callHttp, exchange, type HttpServer, messagesOf, rawRequest, startHttp } from '../wire.ts';
import { type MessageRow, messages } from './messages.ts';

const rows = messages.map((row) => [`${row.id} ${row.why}`, row] as const);

describe('as an HTTP body', () => {
  let server: HttpServer;

  beforeAll(async () => {
    server = await startHttp();
  });

  afterAll(async () => {
    expect((await callHttp(server.port, 'count_items', { items: [] }))?.result.structuredContent).toEqual({ count: 0, polluted: false });
    await server[Symbol.asyncDispose]();
  });

  test.each(rows)('%s', async (_name, row) => {
    const answer = await exchange(server.port, rawRequest(server.port, { body: rawOf(row) }));
    expect(answer?.status).toBe(row.status ?? usualStatus(row));
    const answers = messagesOf(answer);
    if (row.expect === 'silence') expect(answer?.body).toBe('');
    else {
      expect(answers).toHaveLength(1);
      judge(answers[0], row);
    }
  });
});

describe('as a line of stdin', () => {
  let client: StdioClient;

  beforeAll(async () => {
    client = await startStdio(['--rate-limit', '0']);
  });

  afterAll(async () => {
    expect((await client.call('count_items', { items: [] })).result.structuredContent).toEqual({ count: 0, polluted: false });
    for (const line of client.process.stdout.all) {
      expect(parse<Message>(line)?.jsonrpc).toBe('2.0');
      expect(line).not.toMatch(/[\u0085\u2028\u2029]/);
    }
    await client[Symbol.asyncDispose]();
  });

  test.each(rows)('%s', async (_name, row) => {
    const seen = client.process.stdout.all.length;
    client.send(rawOf(row));
    if (row.expect !== 'silence') judge(await client.receive('an answer', ({ id }) => !String(id).startsWith('own-'), seen), row);
    // The stream goes on, and nothing else was said.
    expect((await client.request('ping')).result).toEqual({});
    const others = client.process.stdout.all.slice(seen).filter((line) => !parse<Message>(line)?.id?.toString().startsWith('own-'));
    expect(others).toHaveLength(row.expect === 'silence' ? 0 : 1);
  });
});

function rawOf({ raw }: MessageRow): string | Buffer {
  return typeof raw === 'function' ? raw() : raw;
}

function usualStatus({ expect: outcome }: MessageRow): number {
  if (outcome === 'silence') return 202;
  return typeof outcome === 'number' ? 400 : 200;
}

function judge(answer: Message | undefined, row: MessageRow): void {
  expect(answer?.id).toBe(row.to === undefined ? 1 : row.to);
  if (typeof row.expect === 'number') {
    expect(answer?.error?.code).toBe(row.expect);
    expect(answer?.error?.message.length).toBeLessThan(1_000);
  } else {
    expect(answer?.error).toBeUndefined();
    expect(answer?.result._meta?.code).toBe(row.expect === 'ok' ? undefined : row.expect);
  }
  // Nothing that a terminal obeys, and nothing that a strict reader of JSON refuses.
  expect(JSON.stringify(answer?.result ?? answer?.error)).not.toMatch(/[\u2028\u2029]|\\u001b|\\ud83d(?!\\)/);
}
