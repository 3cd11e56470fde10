import fc from 'fast-check';
import { expect, test } from 'vitest';
import { uriTemplate } from './uri-template.ts';

test.each([
  ['file:///{+path}', 'file:///a/b.txt', { path: 'a/b.txt' }],
  ['file:///{+path}', 'file:///a%20b/%C3%BC?x#y', { path: 'a b/ü?x#y' }],
  ['file:///{+path}', 'file:///a%252Fb', { path: 'a%2Fb' }],
  ['file:///{+path}', 'file:///../../etc/passwd', { path: '../../etc/passwd' }],
  ['db://{schema}/{table}', 'db://public/orders', { schema: 'public', table: 'orders' }],
  ['db://{schema}/{table}', 'db://public/a%2Fb', { schema: 'public', table: 'a/b' }],
  ['db://{schema}.{table}/rows', 'db://a.b/rows', { schema: 'a', table: 'b' }],
  ['library://catalogue', 'library://catalogue', {}],
])('%s fits %s', (template, uri, variables) => {
  expect(uriTemplate(template).match(uri)).toEqual(variables);
});

test.each([
  ['file:///{+path}', 'file:///'],
  ['file:///{+path}', 'file://localhost/a'],
  ['file:///{+path}', 'FILE:///a'],
  ['file:///{+path}', 'git:///a'],
  ['file:///{+path}', 'file:///%ff'],
  ['file:///{+path}', 'file:///%'],
  ['db://{schema}/{table}', 'db://public/a/b'],
  ['db://{schema}/{table}', 'db:///b'],
  ['db://{schema}/{table}', 'db://public/'],
  ['db://{schema}/{table}', 'db://public/a?x'],
  ['db://{schema}/{table}', 'db://public/a#x'],
  ['db://{schema}/rows', 'db://a/rows/rows'],
  ['library://catalogue', 'library://catalogue/'],
  ['library://catalogue', ''],
])('%s does not fit %s', (template, uri) => {
  expect(uriTemplate(template).match(uri)).toBeUndefined();
});

test.each(['a{', 'a}', 'a{b', 'a{}', 'a{b}{c}', 'a{+b}c', 'a{/b}', 'a{b*}', 'a{b,c}', 'a{b}/{b}', 'a{b-c}', 'a{{b}}'])(
  '%s is no template',
  (template) => {
    expect(() => uriTemplate(template)).toThrow(`Not a URI template: ${template}`);
  },
);

test('what was put in comes out', () => {
  const template = uriTemplate('db://{schema}/{table}/{+rest}');
  const value = fc.string({ minLength: 1, unit: 'grapheme' });
  fc.assert(
    fc.property(value, value, value, (schema, table, rest) => {
      const uri = `db://${encodeURIComponent(schema)}/${encodeURIComponent(table)}/${encodeURIComponent(rest)}`;
      expect(template.match(uri)).toEqual({ schema, table, rest });
    }),
  );
});

test('a URI beyond measure names nothing', () => {
  expect(uriTemplate('x:{+rest}').match(`x:${'a'.repeat(16_382)}`)).toBeDefined();
  expect(uriTemplate('x:{+rest}').match(`x:${'a'.repeat(16_383)}`)).toBeUndefined();
});
