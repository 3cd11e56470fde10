import { describe, expect, test } from 'vitest';
import { makeVisible } from '../../src/guards/sanitize.ts';
import { type Message, PATIENT, parse, StdioClient, start, startStdio } from '../harness.ts';
import { openings } from './stdio.ts';

test.each(openings.map((row) => [`${row.id} ${row.why}`, row] as const))('%s', async (_name, { opening, answers }) => {
  await using client = new StdioClient(start([]));
  for (const message of opening) client.send(message);
  for (const [id, expected] of Object.entries(answers)) {
    const answer = await client.receive(`an answer to ${id}`, (message) => String(message.id) === id);
    if (expected === 'ok') expect(answer.result).toBeDefined();
    else expect(answer.error?.code).toBe(expected);
  }
  // It can still be talked to, in the language that it has settled on, and ends as it should.
  client.process.child.stdin.end();
  expect(await client.process.ended()).toEqual({ code: 0, signal: null });
  for (const line of client.process.stdout.all) expect(parse<Message>(line)?.jsonrpc).toBe('2.0');
});

describe('ST-004: messages and lines', () => {
  test('however the bytes are cut, within characters too', async () => {
    await using client = await startStdio();
    const text = 'naïve 日本 👩‍👩‍👧 \u2028 end';
    const line = Buffer.from(
      `${JSON.stringify({ jsonrpc: '2.0', id: 'cut', method: 'tools/call', params: { name: 'echo_text', arguments: { text } } })}\n`,
    );
    for (const byte of line) await new Promise<void>((resolve) => client.process.child.stdin.write(Buffer.of(byte), () => resolve()));
    expect((await client.answerTo('cut')).result.structuredContent.text).toBe(text.replace('\u2028', '\\u{2028}'));
  });

  test('hundreds in one piece, with empty lines and CRLF between them', async () => {
    await using client = await startStdio(['--rate-limit', '0']);
    const ids = Array.from({ length: 300 }, (_, index) => index);
    client.send(ids.map((id) => JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' })).join('\r\n\r\n  \n'));
    for (const id of ids) expect((await client.answerTo(id)).result).toEqual({});
  });

  test('an answer is one line, whatever is in it', async () => {
    await using client = await startStdio();
    const hostile = 'a\nb\r\nc\u2028d\u2029e\u0085f\vg\fh{"jsonrpc":"2.0","id":9}\n';
    await client.call('echo_text', { text: hostile });
    await client.request('tools/call', { name: 'report_words', arguments: { text: hostile }, _meta: { progressToken: 't' } });
    const progress = await client.receive('progress', ({ method }) => method === 'notifications/progress');
    expect(progress.params?.['message']).toBe(makeVisible(hostile));
    await client.call('answer_oddly', { what: 'separators' });
    for (const line of client.process.stdout.all) {
      expect(parse<Message>(line)?.jsonrpc).toBe('2.0');
      expect(line).not.toMatch(/[\u2028\u2029\u0085\v\f\r]/);
    }
  });
});

test('ST-001: a noisy library reaches stderr, never stdout', async () => {
  await using client = await startStdio();
  for (const tool of ['make_noise', 'make_all_noise', 'make_noise'])
    expect((await client.call(tool)).result.structuredContent.text).toBe('done');
  await client.request('ping');
  for (const line of client.process.stdout.all) expect(parse<Message>(line)?.jsonrpc).toBe('2.0');
  expect(client.process.stdout.text).not.toMatch(/NOISE|banner/);
  const said = [
    'NOISE log',
    'NOISE info',
    'NOISE debug',
    'NOISE group',
    'NOISE of the imported console',
    'NOISE text',
    'NOISE bytes',
    'NOISE waited for',
  ];
  for (const noise of [...said, 'raw banner']) await expect.poll(() => client.process.stderr.text, PATIENT).toContain(noise);
});

describe('TR-013: ids in flight', () => {
  const wait = (id: string | number, ms = 60_000): Message => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 'wait_long', arguments: { ms } },
  });
  const cancel = (requestId: unknown): Message => ({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });
  const entries = async (client: StdioClient) => (await client.call('read_diary')).result.structuredContent.entries;

  test('an id that is in flight is refused, and the call that has it goes on', async () => {
    await using client = await startStdio();
    client.send(wait('twice', 300));
    client.send({ jsonrpc: '2.0', id: 'twice', method: 'tools/call', params: { name: 'echo_text', arguments: { text: 'other' } } });
    const isTwice = ({ id }: Message) => id === 'twice';
    expect((await client.receive('a refusal', (message) => isTwice(message) && message.error !== undefined)).error?.code).toBe(-32600);
    const answer = await client.receive('the answer', (message) => isTwice(message) && message.result !== undefined);
    expect(answer.result.structuredContent.text).toBe('waited');
    client.send({ jsonrpc: '2.0', id: 'twice', method: 'ping' });
    await client.receive('the id is free again', (message) => isTwice(message) && Object.keys(message.result ?? { x: 1 }).length === 0);
  });

  test('1 and "1" are two ids', async () => {
    await using client = await startStdio();
    client.send(wait(1));
    client.send(wait('1', 0));
    expect((await client.answerTo('1')).result.structuredContent.text).toBe('waited');
    client.send(cancel('1'));
    expect(await entries(client)).toEqual(['started', 'started']);
    client.send(cancel(1));
    expect(await entries(client)).toEqual(['started', 'started', 'aborted']);
  });

  test('a cancelled call is stopped and never answered, and its id is free', async () => {
    await using client = await startStdio();
    client.send(wait('gone'));
    expect(await entries(client)).toEqual(['started']);
    client.send(cancel('gone'));
    expect(await entries(client)).toEqual(['started', 'aborted']);
    client.send({ jsonrpc: '2.0', id: 'gone', method: 'ping' });
    expect((await client.answerTo('gone')).result).toEqual({});
  });

  test('a storm of calls and cancels leaves nothing behind', async () => {
    await using client = await startStdio(['--rate-limit', '0']);
    for (let id = 0; id < 200; id++) {
      client.send(wait(id));
      client.send(cancel(id));
    }
    expect((await client.call('echo_text', { text: 'x' })).result.structuredContent).toEqual({ text: 'x' });
    client.process.child.stdin.end();
    expect(await client.process.ended()).toEqual({ code: 0, signal: null });
  });
});

test('ST-006: a client that does not read gets no more work done, and in the end all of its answers', async () => {
  await using client = new StdioClient(start(['--rate-limit', '0'], { reads: ['stderr'] }));
  const calls = 80;
  for (let id = 0; id < calls; id++) {
    client.send({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'answer_long', arguments: { characters: 39_000, of: '\t' } } });
  }
  const { stderr, child } = client.process;
  const served = () => stderr.all.filter((line) => line.includes('answer_long')).length;
  await expect.poll(served, PATIENT).toBeGreaterThan(5);
  const answered = new Set<number>();
  let rest = '';
  for await (const chunk of child.stdout) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) answered.add(Number(parse<Message>(line)?.id));
    if (answered.size === calls) break;
  }
  expect(answered.size).toBe(calls);
});
