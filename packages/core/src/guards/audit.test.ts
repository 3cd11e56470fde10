import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { type AuditRecord, audit, auditedArguments } from './audit.ts';

const record: AuditRecord = {
  tool: 'echo_text',
  outcome: 'ok',
  ms: 1.5,
  chars: 4,
  caller: 'stdio',
  transport: 'stdio',
  era: 'modern',
  requestId: '1',
};

/** The one line that a call leaves. */
function logged(outcome: AuditRecord['outcome'], cause: unknown): Record<string, unknown> {
  const lines: string[] = [];
  audit(createLog('info', [], { writableLength: 0, write: (line) => lines.push(line) }), { ...record, outcome }, cause);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

test.each(['ok', 'cancelled', 'invalid_input', 'denied', 'timeout', 'rate_limited'] as const)('%s is information', (outcome) => {
  expect(logged(outcome, undefined)).toEqual({ level: 'info', time: expect.any(String), audit: { ...record, outcome }, msg: 'call' });
});

test('a failure of ours is an error, with its cause', () => {
  const line = logged('internal', new Error('at postgres://admin:hunter2@db', { cause: new Error('deep') }));
  expect(line).toMatchObject({ level: 'error', msg: 'call failed', err: { message: expect.stringContaining('deep') } });
  expect(JSON.stringify(line)).not.toContain('hunter2');
});

test('a cause that is no error is kept as well', () => {
  expect(logged('unavailable', 'ECONNREFUSED')).toMatchObject({ err: 'ECONNREFUSED' });
});

test.each([
  ['no tool names any', { a: 'x' }, undefined, {}],
  ['an empty list', { a: 'x' }, [], {}],
  ['only the named', { a: 'x', b: 'y' }, ['a'], { arguments: { a: 'x' } }],
  ['named but absent', { b: 'y' }, ['a'], { arguments: {} }],
  ['abridged', { a: 'x'.repeat(501) }, ['a'], { arguments: { a: 'x'.repeat(500) } }],
  ['a URL without its query', { a: 'https://x.example/a?key=hush#b' }, ['a'], { arguments: { a: 'https://x.example/a?(10 characters)' } }],
  ['a URL without its fragment', { a: 'https://x.example/a#key=hush' }, ['a'], { arguments: { a: 'https://x.example/a#(8 characters)' } }],
  [
    'a URL of a list',
    { a: ['git+ssh://x.example/a?b\nc', '/a?b'] },
    ['a'],
    { arguments: { a: ['git+ssh://x.example/a?(3 characters)', '/a?b'] } },
  ],
  ['made visible', { a: '\u202e' }, ['a'], { arguments: { a: '\\u{202e}' } }],
  ['numbers and booleans', { a: 1, b: false }, ['a', 'b'], { arguments: { a: 1, b: false } }],
  ['an object by its kind', { a: { b: 'x' } }, ['a'], { arguments: { a: '(object)' } }],
  ['a list by its entries', { a: ['x', 1, true, ['y'], { b: 'x' }] }, ['a'], { arguments: { a: ['x', 1, true, '(list)', '(object)'] } }],
  ['a long list by its first entries', { a: [1, 2, 3, 4, 5, 6, 7] }, ['a'], { arguments: { a: [1, 2, 3, 4, 5, '(2 more)'] } }],
  ['its entries abridged', { a: ['x'.repeat(201), '\u202e'] }, ['a'], { arguments: { a: ['x'.repeat(200), '\\u{202e}'] } }],
  ['an empty list', { a: [] }, ['a'], { arguments: { a: [] } }],
  ['null is of the kind of objects', { a: null }, ['a'], { arguments: { a: '(object)' } }],
  ['no arguments', undefined, ['a'], {}],
  ['null', null, ['a'], {}],
  ['text', 'a', ['a'], {}],
])('arguments: %s', (_name, args, keys, kept) => {
  expect(auditedArguments(args, keys)).toEqual(kept);
});

test('a prototype is an argument like others', () => {
  const { arguments: kept } = auditedArguments(JSON.parse('{"__proto__": "x"}'), ['__proto__']);
  expect(Object.entries(kept ?? {})).toEqual([['__proto__', 'x']]);
});
