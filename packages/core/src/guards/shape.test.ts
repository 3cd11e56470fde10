import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idOf, MESSAGE_LIMITS, parseJson, shapeError } from './shape.ts';

const request = { jsonrpc: '2.0', id: 1, method: 'ping' };

/** `[[[...]]]`, so many levels of it. */
function nested(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}

describe('accepted', () => {
  test.each([
    ['a request', request],
    ['with params', { ...request, params: { a: [1] } }],
    ['a string as id', { ...request, id: 'x'.repeat(256) }],
    ['a negative id', { ...request, id: -1 }],
    ['a notification', { jsonrpc: '2.0', method: 'notifications/initialized' }],
    ['a result', { jsonrpc: '2.0', id: 1, result: {} }],
    ['an error', { jsonrpc: '2.0', id: 1, error: { code: 1, message: '' } }],
    ['a batch', [request, { ...request, id: 2 }]],
    ['a request and an answer with one id in a batch', [request, { jsonrpc: '2.0', id: 1, result: {} }]],
    ['two notifications in a batch', Array(2).fill({ jsonrpc: '2.0', method: 'notifications/initialized' })],
    ['as deep as allowed', { ...request, params: { a: nested(MESSAGE_LIMITS.depth - 1) } }],
    ['as many elements as allowed', { ...request, params: { a: Array.from({ length: MESSAGE_LIMITS.elements - 5 }, () => 0) } }],
  ])('%s', (_name, message) => {
    expect(shapeError(message)).toBeUndefined();
  });
});

describe('refused', () => {
  test.each([
    ['null', null, 'a message must be an object'],
    ['a number', 1, 'a message must be an object'],
    ['a string', 'x', 'a message must be an object'],
    ['a batch within a batch', [[request]], 'a message must be an object'],
    ['one of a batch', [request, {}], 'jsonrpc must be "2.0"'],
    ['no version', { id: 1, method: 'ping' }, 'jsonrpc must be "2.0"'],
    ['another version', { ...request, jsonrpc: '1.0' }, 'jsonrpc must be "2.0"'],
    ['no id but null', { ...request, id: null }, 'id must be'],
    ['a fraction as id', { ...request, id: 1.5 }, 'id must be'],
    ['an id that no number holds', { ...request, id: 2 ** 53 }, 'id must be'],
    ['an object as id', { ...request, id: {} }, 'id must be'],
    ['a long id', { ...request, id: 'x'.repeat(257) }, 'id must be'],
    ['neither method nor answer', { jsonrpc: '2.0', id: 1 }, 'method is missing'],
    ['a method that is no string', { ...request, method: 1 }, 'method must be'],
    ['a long method', { ...request, method: 'x'.repeat(257) }, 'method must be'],
    ['params by position', { ...request, params: [] }, 'params must be an object'],
    ['no params but null', { ...request, params: null }, 'params must be an object'],
    ['text as params', { ...request, params: 'x' }, 'params must be an object'],
    ['too deep', { ...request, params: { a: nested(MESSAGE_LIMITS.depth) } }, 'nested deeper than 64 levels'],
    ['much too deep', { ...request, params: { a: nested(100_000) } }, 'nested deeper than 64 levels'],
    ['too many elements', { ...request, params: { a: Array.from({ length: 9_996 }, () => 0) } }, 'more than 10000 elements'],
    ['far too many elements', { ...request, params: { a: Array.from({ length: 500_000 }, () => []) } }, 'more than 10000 elements'],
    ['two requests of a batch with one id', [request, request], 'two requests of a batch have the same id'],
    ['a prototype', JSON.parse('{"jsonrpc":"2.0","method":"x","params":{"a":[{"__proto__":1}]}}'), 'no member may be called __proto__'],
    ['a batch of too many', Array.from({ length: 10_001 }, () => request), 'more than 10000 elements'],
  ])('%s', (_name, message, problem) => {
    expect(shapeError(message)).toEqual({ code: -32600, message: expect.stringContaining(`Invalid request: ${problem}`) });
  });
});

test('whatever the JSON, the answer is an error or none', () => {
  const almost = fc.record(
    { jsonrpc: fc.constantFrom('2.0', 2), id: fc.jsonValue(), method: fc.jsonValue(), params: fc.jsonValue(), result: fc.jsonValue() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), almost, fc.array(almost)), (message) => {
      const error = shapeError(message);
      if (error !== undefined) expect(error).toEqual({ code: -32600, message: expect.stringMatching(/^Invalid request: /) });
      expect([null, 'string', 'number']).toContain(idOf(message) === null ? null : typeof idOf(message));
    }),
  );
});

test.each([
  [{ id: 1 }, 1],
  [{ id: 0 }, 0],
  [{ id: 'a' }, 'a'],
  [{ id: '' }, ''],
  [{ id: 1.5 }, null],
  [{ id: null }, null],
  [{ id: 'x'.repeat(257) }, null],
  [{}, null],
  [[], null],
  [null, null],
  ['id', null],
  [undefined, null],
])('the id to answer %j with is %j', (message, id) => {
  expect(idOf(message)).toBe(id);
});

test.each([
  ['JSON', Buffer.from('{"a":"é😀"}'), { a: 'é😀' }],
  ['a byte order mark before it', Buffer.from('\ufeff[1]'), [1]],
  ['null', Buffer.from('null'), null],
  ['no JSON', Buffer.from('{'), undefined],
  ['nothing', Buffer.alloc(0), undefined],
  ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), undefined],
  ['half a letter', Buffer.from('"é"').subarray(0, 2), undefined],
  ['UTF-16', Buffer.from('{}', 'utf16le'), undefined],
])('parsed: %s', (_name, bytes, value) => {
  expect(parseJson(bytes)).toEqual(value);
});
