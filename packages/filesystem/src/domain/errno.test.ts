import { ToolError } from '@touchstone-mcp/core/errors';
import { expect, it } from 'vitest';
import { errnoOf, fault, fileError } from './errno.ts';

const systemError = (code: string) => Object.assign(new Error(`${code}: secret, open '/srv/out/secret.txt'`), { code });

it.each([
  ['ENOENT', 'not_found'],
  ['ENOTDIR', 'invalid_input'],
  ['EISDIR', 'invalid_input'],
  ['ENAMETOOLONG', 'invalid_input'],
  ['EINVAL', 'invalid_input'],
  ['EACCES', 'denied'],
  ['EPERM', 'denied'],
  ['ELOOP', 'denied'],
  ['EFTYPE', 'denied'],
  ['ECHANGED', 'conflict'],
  ['EMFILE', 'unavailable'],
  ['EIO', 'unavailable'],
  ['ESTALE', 'unavailable'],
])('%s is %s, and only the requested path is named', (errno, code) => {
  const cause = systemError(errno);
  const error = fileError(cause, 'a\nb');
  expect(error).toBeInstanceOf(ToolError);
  expect(error).toMatchObject({ code, cause, message: expect.stringMatching(/: "a\\nb"$/) });
  expect(String(error)).not.toContain('secret');
});

it('gives back what it does not know', () => {
  const unknown = systemError('EWEIRD');
  expect(fileError(unknown, 'x')).toBe(unknown);
  expect(fileError('text', 'x')).toBe('text');
  const known = new ToolError('denied', 'no');
  expect(fileError(known, 'x')).toBe(known);
});

it('reads the errno of system errors and of our own', () => {
  expect([errnoOf(fault('EFTYPE')), errnoOf(new Error('x')), errnoOf({ code: 'EIO' })]).toEqual(['EFTYPE', undefined, undefined]);
});
