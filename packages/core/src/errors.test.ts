import { expect, test } from 'vitest';
import { type ErrorCode, ToolError, toToolError } from './errors.ts';

const RETRYABLE: Record<ErrorCode, boolean> = {
  invalid_input: false,
  not_found: false,
  denied: false,
  conflict: true,
  too_large: false,
  timeout: true,
  rate_limited: true,
  unavailable: true,
  internal: false,
};

test.each(Object.entries(RETRYABLE) as [ErrorCode, boolean][])('%s: retryable is %s', (code, retryable) => {
  expect(new ToolError(code, 'No.').retryable).toBe(retryable);
});

test('a ToolError carries its words, its hint and its cause', () => {
  const cause = new Error('row 17');
  const error = new ToolError('conflict', 'It has changed.', { hint: 'Read it again.', cause });
  expect(error).toMatchObject({ name: 'ToolError', code: 'conflict', message: 'It has changed.', hint: 'Read it again.', cause });
  expect(error).toBeInstanceOf(Error);
});

test('without options it has neither hint nor cause', () => {
  const error = new ToolError('denied', 'No.');
  expect(error.hint).toBeUndefined();
  expect(error.cause).toBeUndefined();
});

test('a ToolError passes as it is', () => {
  const error = new ToolError('denied', 'No.');
  expect(toToolError(error)).toBe(error);
});

test.each([[new Error('password is hunter2')], ['hunter2'], [undefined], [null], [{ message: 'hunter2', code: 'denied' }]])(
  'anything else becomes internal with a fixed sentence: %j',
  (thrown) => {
    const error = toToolError(thrown);
    expect(error.code).toBe('internal');
    expect(`${error.message} ${error.hint}`).not.toContain('hunter2');
    expect(error.cause).toBe(thrown);
  },
);
