import { ToolError } from '@touchstone-mcp/core/errors';
import { expect, test } from 'vitest';
import { asOurOwn, toDatabaseError } from './errors.ts';

const failure = (code: string) => Object.assign(new Error('operator is not unique'), { severity: 'ERROR', code, routine: 'oper' });

test.each(['42725', '42P01', '42601'])('a statement of ours that fails with %s is our mistake', (state) => {
  expect(asOurOwn(failure(state))).toMatchObject({ code: 'internal', cause: { sqlstate: state, routine: 'oper' } });
});

test.each(['42501', '55000', '57014'])('%s stays what it is', (state) => {
  const error = failure(state);
  expect(asOurOwn(error)).toBe(error);
});

test.each(['58030', '58P01'])('%s sends to the log of the database', (state) => {
  const error = toDatabaseError(failure(state));
  expect(error).toBeInstanceOf(ToolError);
  expect(error).toMatchObject({ code: 'unavailable', hint: expect.stringContaining("database server's log"), cause: { sqlstate: state } });
});
