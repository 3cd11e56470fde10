import { expect, test } from 'vitest';
import { bearerToken } from './auth.ts';

const authenticate = bearerToken('Zq8xVn3k');
const REQUIRED = { status: 401, challenge: 'Bearer realm="mcp"' };
const INVALID = { status: 401, challenge: 'Bearer realm="mcp", error="invalid_token"' };

test.each(['Bearer Zq8xVn3k', 'bearer Zq8xVn3k', 'BEARER   Zq8xVn3k', 'Bearer Zq8xVn3k  '])('%j is let in', async (authorization) => {
  expect(await authenticate(authorization)).toEqual({ caller: 'token', scopes: [] });
});

test.each([
  ['none', undefined, REQUIRED],
  ['empty', '', REQUIRED],
  ['the scheme alone', 'Bearer', REQUIRED],
  ['the scheme and a space', 'Bearer ', REQUIRED],
  ['another scheme', 'Basic Zq8xVn3k', REQUIRED],
  ['no scheme', 'Zq8xVn3k', REQUIRED],
  ['two words', 'Bearer Zq8xVn3k Zq8xVn3k', REQUIRED],
  ['a list of two', 'Bearer Zq8xVn3k, Bearer x', REQUIRED],
  ['something before', 'x Bearer Zq8xVn3k', REQUIRED],
  ['a tab', 'Bearer\tZq8xVn3k', REQUIRED],
  ['a letter beyond ASCII', 'Bearer Zq8xVn3ké', REQUIRED],
  ['a control character', 'Bearer Zq8xVn3k\u0000', REQUIRED],
  ['wrong', 'Bearer wrong', INVALID],
  ['another case', 'Bearer zq8xvn3k', INVALID],
  ['a part', 'Bearer Zq8xVn3', INVALID],
  ['more', 'Bearer Zq8xVn3kk', INVALID],
  ['long', `Bearer ${'x'.repeat(10_000)}`, INVALID],
])('%s is challenged', async (_name, authorization, challenge) => {
  expect(await authenticate(authorization)).toEqual(challenge);
});
