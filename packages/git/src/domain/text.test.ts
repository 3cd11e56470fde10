import { visibleName } from '@touchstone-mcp/core/visible';
import { expect, test } from 'vitest';
import { decode, oneLine, withoutCredentials } from './text.ts';

test('GIT-090: bytes that are no UTF-8 are said to be none', () => {
  expect(decode(Buffer.from('café'))).toEqual({ text: 'café', exact: true });
  expect(decode(Buffer.from('hello\xff', 'latin1'))).toEqual({ text: 'hello\ufffd', exact: false });
});

test('GIT-091: a name is one line that no other name can produce', () => {
  expect(visibleName('a b/ä.txt')).toBe('a b/ä.txt');
  expect(visibleName('a\n? b')).toBe('"a\\n? b"');
  expect(visibleName('"a"')).toBe('"\\"a\\""');
  expect(visibleName('a\u202eb')).toBe('"a\\u202eb"');
  expect(oneLine('a\r\n b\u2028c ')).toBe('a  b c');
});

test.each([
  ['https://user:TOKEN@host/x', 'https://host/x'],
  ["Merge branch 'x' of https://TOKEN@host:8443/x.git", "Merge branch 'x' of https://host:8443/x.git"],
  ['https://user:p@ss@host/x', 'https://host/x'],
  ['ssh://git@host/x http://a:b@c', 'ssh://host/x http://c'],
  ['git@host:x mail a@b.c https://host/@x', 'git@host:x mail a@b.c https://host/@x'],
])('GIT-099: %s', (text, clean) => expect(withoutCredentials(text)).toBe(clean));
