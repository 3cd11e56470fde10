import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function memory() {
  const lines: string[] = [];
  return { lines, sink: { writableLength: 0, write: (line: string) => lines.push(line) } };
}

test('a line is one JSON object with its level and time in words', () => {
  const { lines, sink } = memory();
  createLog('info', [], sink).warn({ a: 1 }, 'careful\nnow');
  expect(lines).toEqual([expect.stringMatching(/^[^\n]+\n$/)]);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    a: 1,
    msg: 'careful\nnow',
  });
});

test.each([
  ['fatal', 1],
  ['error', 2],
  ['warn', 3],
  ['info', 4],
  ['debug', 5],
  ['silent', 0],
])('level %s writes %i of five', (level, count) => {
  const { lines, sink } = memory();
  const log = createLog(level, [], sink);
  for (const name of ['fatal', 'error', 'warn', 'info', 'debug'] as const) log[name]('x');
  expect(lines).toHaveLength(count);
});

test('secrets are removed from messages, members, causes and stacks', () => {
  const { lines, sink } = memory();
  const error = new Error('with Zq8xVn3k', { cause: new Error('and postgres://a:hunter2@db') });
  createLog('info', ['Zq8xVn3k'], sink).error({ err: error, more: { key: 'Zq8xVn3k' } }, 'Zq8xVn3k');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ err: { type: 'Error' }, more: { key: '[redacted]' }, msg: '[redacted]' });
  expect(lines.join('')).not.toMatch(/Zq8xVn3k|hunter2/);
});

test('a reader that never reads costs a bounded amount of memory', () => {
  const stuck = new Writable({ write() {} });
  const log = createLog('info', [], stuck);
  for (let line = 0; line < 10_000; line++) log.info('x'.repeat(1000));
  expect(stuck.writableLength).toBeGreaterThan(1 << 20);
  expect(stuck.writableLength).toBeLessThan((1 << 20) + 2_000);
});

test('lines go on once it reads again', () => {
  const { lines, sink } = memory();
  const log = createLog('info', [], sink);
  sink.writableLength = 1 << 20;
  log.info('lost');
  sink.writableLength = 0;
  log.info('kept');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['kept']);
});
