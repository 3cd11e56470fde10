import { PassThrough, Writable } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { MESSAGE_LIMITS } from '../guards/shape.ts';
import { LineTransport } from './lines.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Lets the streams hand on what they have. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A started transport, what it has delivered, and what it has written. */
async function open(output: Writable = new PassThrough()) {
  const input = new PassThrough();
  const transport = new LineTransport(input, output);
  const received: JSONRPCMessage[] = [];
  const errors: Error[] = [];
  let closed = 0;
  transport.onmessage = (message) => received.push(message);
  transport.onerror = (error) => errors.push(error);
  transport.onclose = () => {
    closed++;
  };
  await transport.start();
  return {
    input,
    transport,
    received,
    errors,
    closed: () => closed,
    async feed(text: string | Buffer) {
      input.write(text);
      await settle();
    },
    /** What has been written since the last time. */
    written(): unknown[] {
      const text = output instanceof PassThrough ? String(output.read() ?? '') : '';
      return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    },
  };
}

/** A client that does not read until told to. */
function stuckSink() {
  const waiting: (() => void)[] = [];
  const sink = new Writable({ write: (_chunk, _encoding, done) => void waiting.push(done) });
  return {
    sink,
    async read() {
      for (let done = waiting.shift(); done !== undefined; done = waiting.shift()) done();
      await settle();
    },
  };
}

const ping = (id: string | number) => ({ jsonrpc: '2.0' as const, id, method: 'ping' });
const line = (message: unknown) => `${JSON.stringify(message)}\n`;
const answer = (id: string | number, result = {}) => ({ jsonrpc: '2.0' as const, id, result });
const LARGE = { text: 'x'.repeat((1 << 20) + 1) };

describe('lines', () => {
  const message = { jsonrpc: '2.0', id: 'é😀\u2028', method: 'ping' };
  const bytes = Buffer.from(line(message));

  test('split at any byte, a letter of several bytes included', async () => {
    for (let position = 0; position <= bytes.length; position++) {
      const { feed, received } = await open();
      await feed(bytes.subarray(0, position));
      await feed(bytes.subarray(position));
      expect(received, `at ${position}`).toEqual([message]);
    }
  });

  test('byte by byte', async () => {
    const { input, received } = await open();
    for (const byte of Buffer.concat([bytes, Buffer.from(line(ping(2)))])) input.write(Buffer.of(byte));
    await settle();
    expect(received).toEqual([message, ping(2)]);
  });

  test('several in one chunk, the last one later', async () => {
    const { feed, received } = await open();
    await feed(line(ping(1)) + line(ping(2)) + line(ping(3)).slice(0, 5));
    expect(received).toEqual([ping(1), ping(2)]);
    await feed(line(ping(3)).slice(5));
    expect(received).toEqual([ping(1), ping(2), ping(3)]);
  });

  test('CRLF, empty lines and spaces', async () => {
    const { feed, received, written } = await open();
    await feed(`\n\r\n   \n${JSON.stringify(ping(1))}\r\n\n  ${JSON.stringify(ping(2))}  \n`);
    expect(received).toEqual([ping(1), ping(2)]);
    expect(written()).toEqual([]);
  });

  test('what is written is one line, for every reader of lines', async () => {
    const output = new PassThrough();
    const { transport } = await open(output);
    await transport.send(answer(1, { text: 'a\nb\r\u2028\u2029' }));
    const text = String(output.read());
    expect(text).toMatch(/^[^\n\r\u2028\u2029]+\n$/);
    expect(JSON.parse(text)).toEqual(answer(1, { text: 'a\nb\r\u2028\u2029' }));
  });
});

describe('refusals, after which all goes on', () => {
  test.each([
    ['no JSON', 'hello', -32700, null],
    ['broken JSON', '{"jsonrpc":"2.0","id":7', -32700, null],
    ['no UTF-8', Buffer.from([0xff, 0xfe]), -32700, null],
    ['a number', '1', -32600, null],
    ['no version', '{"id":7,"method":"ping"}', -32600, 7],
    ['a bad id', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, null],
    ['a batch', `[${JSON.stringify(ping(7))}]`, -32600, null],
    ['an empty batch', '[]', -32600, null],
  ])('%s', async (_name, text, code, id) => {
    const { feed, received, written, closed } = await open();
    await feed(Buffer.concat([Buffer.from(text), Buffer.from(`\n${line(ping(1))}`)]));
    expect(written()).toEqual([{ jsonrpc: '2.0', id, error: { code, message: expect.any(String) } }]);
    expect(received).toEqual([ping(1)]);
    expect(closed()).toBe(0);
  });

  test('an endless line is answered once, forgotten as it arrives, and over at its end', async () => {
    const { feed, received, written } = await open();
    const chunk = Buffer.alloc(1 << 20, 'x');
    for (let chunks = 0; chunks < 20; chunks++) await feed(chunk);
    expect(written()).toEqual([{ jsonrpc: '2.0', id: null, error: { code: -32600, message: expect.stringContaining('longer than') } }]);
    await feed(`xxx\n${line(ping(1))}`);
    expect(received).toEqual([ping(1)]);
    expect(written()).toEqual([]);
  });

  test('a line too long that comes at once is answered with its id', async () => {
    const { feed, received, written } = await open();
    await feed(line({ ...ping(7), params: { text: 'x'.repeat(MESSAGE_LIMITS.bytes) } }) + line(ping(1)));
    expect(written()).toEqual([{ jsonrpc: '2.0', id: 7, error: { code: -32600, message: expect.stringContaining('longer than') } }]);
    expect(received).toEqual([ping(1)]);
  });

  test('a line of just the allowed length is taken', async () => {
    const { feed, received } = await open();
    const empty = { ...ping(1), params: { text: '' } };
    const full = { ...ping(1), params: { text: 'x'.repeat(MESSAGE_LIMITS.bytes - JSON.stringify(empty).length) } };
    await feed(line(full));
    expect(received).toEqual([full]);
  });
});

describe('ids', () => {
  const TAKEN = { jsonrpc: '2.0', id: 1, error: { code: -32600, message: 'Invalid request: this id is still in flight' } };

  test('one that is in flight is refused', async () => {
    const { feed, received, written } = await open();
    await feed(line(ping(1)) + line(ping(1)));
    expect(received).toEqual([ping(1)]);
    expect(written()).toEqual([TAKEN]);
  });

  test('a number and its digits are two', async () => {
    const { feed, received } = await open();
    await feed(line(ping(1)) + line(ping('1')));
    expect(received).toEqual([ping(1), ping('1')]);
  });

  test.each([
    ['an answer', answer(1)],
    ['an error', { jsonrpc: '2.0' as const, id: 1, error: { code: 1, message: 'no' } }],
  ])('%s frees it', async (_name, message) => {
    const { feed, received, transport } = await open();
    await feed(line(ping(1)));
    await transport.send(message);
    await feed(line(ping(1)));
    expect(received).toEqual([ping(1), ping(1)]);
  });

  test('a cancellation frees it', async () => {
    const { feed, received, written } = await open();
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    await feed(line(ping(1)) + line(cancelled) + line(ping(1)));
    expect(received).toEqual([ping(1), cancelled, ping(1)]);
    expect(written()).toEqual([]);
  });

  test('a cancellation without params and other notifications free nothing', async () => {
    const { feed, received, written } = await open();
    const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: { requestId: 1 } };
    await feed(line(ping(1)) + line({ jsonrpc: '2.0', method: 'notifications/cancelled' }) + line(progress) + line(ping(1)));
    expect(received).toHaveLength(3);
    expect(written()).toEqual([TAKEN]);
  });

  test("a client's answer to a request of ours may have the same id", async () => {
    const { feed, received, written, transport } = await open();
    await feed(line(ping(1)));
    await transport.send({ jsonrpc: '2.0', id: 1, method: 'ping' });
    await feed(line(answer(1)));
    expect(received).toEqual([ping(1), answer(1)]);
    expect(written()).toEqual([{ jsonrpc: '2.0', id: 1, method: 'ping' }]);
    await feed(line(ping(1)));
    expect(written()).toEqual([TAKEN]);
  });
});

describe('a client that does not read', () => {
  test('gets no further request dispatched until it reads again', async () => {
    const { sink, read } = stuckSink();
    const { feed, received, transport } = await open(sink);
    await feed(line(ping(1)));
    await transport.send(answer(1, LARGE));
    await feed(line(ping(2)) + line(ping(3)).slice(0, 9));
    await feed(line(ping(3)).slice(9));
    expect(received).toEqual([ping(1)]);
    await read();
    expect(received).toEqual([ping(1), ping(2), ping(3)]);
  });

  test('is read from a little further, then no more', async () => {
    const { sink, read } = stuckSink();
    const { feed, received, transport, input } = await open(sink);
    await transport.send(answer(1, LARGE));
    const padded = (id: number) => line({ ...ping(id), params: { text: 'x'.repeat(MESSAGE_LIMITS.bytes / 2) } });
    await feed(padded(1));
    expect(input.isPaused()).toBe(false);
    await feed(padded(2));
    expect(input.isPaused()).toBe(true);
    await read();
    expect(input.isPaused()).toBe(false);
    expect(received).toHaveLength(2);
  });

  test('stops the dispatch in the middle of a chunk', async () => {
    const { sink, read } = stuckSink();
    const { feed, received, transport } = await open(sink);
    transport.onmessage = (message) => {
      received.push(message);
      if ('id' in message && message.id !== undefined) void transport.send(answer(message.id, LARGE));
    };
    await feed([1, 2, 3].map((id) => line(ping(id))).join(''));
    expect(received).toEqual([ping(1)]);
    await read();
    await read();
    expect(received).toEqual([ping(1), ping(2), ping(3)]);
  });

  test('a drain that nobody waited for changes nothing', async () => {
    const { sink } = stuckSink();
    const { feed, received } = await open(sink);
    sink.emit('drain');
    await feed(line(ping(1)));
    expect(received).toEqual([ping(1)]);
  });
});

describe('the end', () => {
  test('with nothing in flight is the end', async () => {
    const { input, closed } = await open();
    input.end();
    await settle();
    expect(closed()).toBe(1);
  });

  test('waits for what is in flight', async () => {
    const { feed, input, transport, written, closed } = await open();
    await feed(line(ping(1)) + line(ping(2)));
    input.end();
    await settle();
    await transport.send(answer(1));
    expect(closed()).toBe(0);
    await transport.send(answer(2));
    expect(closed()).toBe(1);
    expect(written()).toEqual([answer(1), answer(2)]);
  });

  test('waits a moment for it, no longer', async () => {
    const { feed, input, transport, written, closed } = await open();
    await feed(line(ping(1)));
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    input.end();
    await settle();
    vi.advanceTimersByTime(799);
    expect(closed()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(closed()).toBe(1);
    await transport.send(answer(1));
    expect(written()).toEqual([]);
  });

  test('waits until a client that reads slowly has had its other requests served', async () => {
    const { sink, read } = stuckSink();
    const { feed, input, received, transport, closed } = await open(sink);
    await feed(line(ping(1)));
    await transport.send(answer(1, LARGE));
    await feed(line(ping(2)));
    input.end();
    await settle();
    expect(closed()).toBe(0);
    await read();
    expect(received).toEqual([ping(1), ping(2)]);
    await transport.send(answer(2));
    expect(closed()).toBe(1);
  });

  test('of a client that has stopped reading comes as well', async () => {
    const { sink } = stuckSink();
    const { input, transport, closed } = await open(sink);
    await transport.send(answer(1, LARGE));
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    input.end();
    await settle();
    expect(closed()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(closed()).toBe(1);
  });

  test('a half line at the end is nothing', async () => {
    const { feed, input, received, closed } = await open();
    await feed(line(ping(1)).slice(0, -5));
    input.end();
    await settle();
    expect(received).toEqual([]);
    expect(closed()).toBe(1);
  });

  test('has come already', async () => {
    const input = new PassThrough();
    input.destroy();
    await settle();
    const transport = new LineTransport(input, new PassThrough());
    const closed = vi.fn();
    transport.onclose = closed;
    await transport.start();
    expect(closed).toHaveBeenCalledOnce();
  });

  test('comes once, whoever brings it', async () => {
    const { input, transport, closed } = await open();
    await transport.close();
    await transport.close();
    input.destroy();
    await settle();
    expect(closed()).toBe(1);
  });

  test('comes when nobody is there to write to', async () => {
    const output = new PassThrough();
    const { closed } = await open(output);
    output.destroy(new Error('EPIPE'));
    await settle();
    expect(closed()).toBe(1);
  });

  test('an error of the input is reported', async () => {
    const { input, errors, closed } = await open();
    input.destroy(new Error('EIO'));
    await settle();
    expect(errors).toEqual([new Error('EIO')]);
    expect(closed()).toBe(1);
  });

  test('needs nobody to listen', async () => {
    const input = new PassThrough();
    const transport = new LineTransport(input, new PassThrough());
    await transport.start();
    input.write(line(ping(1)));
    input.destroy(new Error('EIO'));
    await settle();
    await transport.close();
  });
});
