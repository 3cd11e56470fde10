import { expect, test } from 'vitest';
import { compareLists, type Hints, type Offer, verdictOf } from './changes.ts';
import type { Schema } from './schemas.ts';

const tool: Offer = {
  name: 'read_file',
  title: 'Read file',
  description: 'Reads.',
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  inputSchema: object({ path: { type: 'string' }, head: { type: 'integer', maximum: 10 }, as: { enum: ['text', 'json'] } }, ['path']),
  outputSchema: object({ text: { type: 'string' }, next: { type: 'integer' }, kind: { enum: ['file', 'link'] } }, ['text']),
};

function object(properties: Record<string, unknown>, required: string[] = []): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** The tool with some of its arguments, or of what it answers, put differently. Undefined takes one away. */
function withInput(changed: Record<string, unknown>, required?: string[]): Offer {
  return { ...tool, inputSchema: changedSchema(tool.inputSchema, changed, required) };
}
function withOutput(changed: Record<string, unknown>, required?: string[]): Offer {
  return { ...tool, outputSchema: changedSchema(tool.outputSchema ?? {}, changed, required) };
}
function withHints(hints: Hints): Offer {
  return { ...tool, annotations: { ...tool.annotations, ...hints } };
}
function changedSchema(schema: Schema, changed: Record<string, unknown>, required = schema['required'] as string[]): Schema {
  const properties = Object.entries({ ...(schema['properties'] as object), ...changed }).filter(([, property]) => property !== undefined);
  return object(Object.fromEntries(properties), required);
}

const other = { ...tool, name: 'write_file' };

test.each<[verdict: string, string, Offer[], string[]]>([
  ['none', 'the same', [tool], []],
  ['breaking', 'a tool is removed', [], ['removed']],
  ['breaking', 'a tool is renamed', [other], ['removed', 'added']],
  ['compatible', 'a tool is added', [other, tool], ['added']],
  ['compatible', 'words', [{ ...tool, title: 'Read', description: 'Reads a file.' }], ['title changed', 'description changed']],
  [
    'compatible',
    'a deprecation',
    [withInput({ head: { type: 'integer', maximum: 10, deprecated: true } })],
    ['argument head: deprecated changed'],
  ],

  ['breaking', 'an argument is removed', [withInput({ head: undefined })], ['argument head: removed']],
  ['compatible', 'an argument is added', [withInput({ tail: { type: 'integer' } })], ['argument tail: added']],
  ['breaking', 'a required argument is added', [withInput({ to: {} }, ['path', 'to'])], ['argument to: added, required']],
  ['breaking', 'an argument becomes required', [withInput({}, ['path', 'head'])], ['argument head: now required']],
  ['compatible', 'an argument becomes optional', [withInput({}, [])], ['argument path: now optional']],
  ['compatible', 'more fits: a type', [withInput({ path: { type: ['string', 'null'] } })], ['argument path: also null']],
  ['breaking', 'less fits: a type', [withInput({ path: { type: 'integer' } })], ['argument path: no longer string; also integer']],
  ['compatible', 'an integer may be any number', [withInput({ head: { type: 'number', maximum: 10 } })], ['argument head: also number']],
  ['compatible', 'any type', [withInput({ path: {} })], ['argument path: any value']],
  ['compatible', 'an enum grows', [withInput({ as: { enum: ['text', 'json', 'raw'] } })], ['argument as: also "raw"']],
  ['none', 'an enum in another order', [withInput({ as: { enum: ['json', 'text'] } })], []],
  ['breaking', 'an enum shrinks', [withInput({ as: { enum: ['text'] } })], ['argument as: no longer "json"']],
  ['breaking', 'an enum changes', [withInput({ as: { enum: ['text', 'raw'] } })], ['argument as: no longer "json"; also "raw"']],
  ['breaking', 'an enum where any value was', [withInput({ path: { type: 'string', enum: ['a'] } })], ['argument path: only "a"']],
  ['compatible', 'no enum any more', [withInput({ as: {} })], ['argument as: any value']],
  ['compatible', 'a bound is raised', [withInput({ head: { type: 'integer', maximum: 20 } })], ['argument head: maximum: 10 -> 20']],
  ['compatible', 'a bound is gone', [withInput({ head: { type: 'integer' } })], ['argument head: maximum: 10 -> none']],
  ['breaking', 'a bound is lowered', [withInput({ head: { type: 'integer', maximum: 5 } })], ['argument head: maximum: 10 -> 5']],
  ['breaking', 'a bound is new', [withInput({ path: { type: 'string', minLength: 1 } })], ['argument path: minLength: none -> 1']],
  ['breaking', 'a pattern is new', [withInput({ path: { type: 'string', pattern: 'a' } })], ['argument path: pattern: none -> "a"']],
  ['breaking', 'a keyword that is not known', [withInput({ as: { enum: ['text', 'json'], if: {} } })], ['argument as: if: none -> {}']],
  [
    'compatible',
    'another default',
    [withInput({ path: { type: 'string', default: '.' } })],
    ['argument path: default changed: none -> "."'],
  ],
  [
    'breaking',
    'something inside a list',
    [withInput({ path: { type: 'string', items: object({ at: { type: 'string' } }, ['at']) } })],
    ['argument path[]: only object', 'argument path[].at: added, required', 'argument path[]{}: nothing fits'],
  ],
  [
    'compatible',
    'other members are let through',
    [{ ...tool, inputSchema: { ...tool.inputSchema, additionalProperties: true } }],
    ['argument {}: something fits'],
  ],

  [
    'compatible',
    'an answer has more members',
    [withOutput({ size: { type: 'integer' } }, ['text', 'size'])],
    ['answer size: added, required'],
  ],
  ['breaking', 'an answer has fewer members', [withOutput({ next: undefined })], ['answer next: removed']],
  ['breaking', 'a member may be left out', [withOutput({}, [])], ['answer text: now optional']],
  ['compatible', 'a member is always there', [withOutput({}, ['text', 'next'])], ['answer next: now required']],
  ['breaking', 'a member may be of another type', [withOutput({ text: { type: ['string', 'null'] } })], ['answer text: also null']],
  [
    'compatible',
    'a member is of fewer types',
    [withOutput({ text: { type: 'string', maxLength: 3 } })],
    ['answer text: maxLength: none -> 3'],
  ],
  ['breaking', 'a member may have another value', [withOutput({ kind: { enum: ['file', 'link', 'pipe'] } })], ['answer kind: also "pipe"']],
  ['compatible', 'a member has fewer values', [withOutput({ kind: { enum: ['file'] } })], ['answer kind: no longer "link"']],

  ['none', 'a hint that means nothing of what only reads', [withHints({ idempotentHint: true })], []],
  ['breaking', 'no longer read-only', [withHints({ readOnlyHint: false, idempotentHint: true })], ['readOnlyHint: true -> false']],
  ['breaking', 'leaves the machine', [withHints({ openWorldHint: true })], ['openWorldHint: false -> true']],
  [
    'breaking',
    'no hint any more: the defaults of the specification',
    [{ ...tool, annotations: {} }],
    ['readOnlyHint: true -> false', 'destructiveHint: false -> true', 'idempotentHint: true -> false', 'openWorldHint: false -> true'],
  ],
])('%s: %s', (verdict, _what, head, texts) => {
  const changes = compareLists([tool], head);
  expect({ verdict: verdictOf(changes), texts: changes.map(({ text }) => text) }).toEqual({ verdict, texts });
});

const text = { type: 'string' };
const none = { type: 'null' };
const flag = { type: 'boolean' };

test.each<[verdict: string, string, unknown[], unknown[]]>([
  ['compatible', 'more alternatives', [text, none], [text, none, flag]],
  ['breaking', 'fewer alternatives', [text, none, flag], [text, none]],
  ['breaking', 'other alternatives', [text, none, flag], [text, { type: 'object' }]],
  ['breaking', 'an alternative shrinks', [text, none], [{ ...text, maxLength: 1 }, none]],
  ['compatible', 'an alternative grows', [{ ...text, maxLength: 1 }, none], [text, none]],
])('%s: %s', (verdict, _what, before, after) => {
  const [base, head] = [before, after].map((anyOf) => ({ ...tool, inputSchema: object({ path: { anyOf } }) }));
  expect(verdictOf(compareLists([base as Offer], [head as Offer]))).toBe(verdict);
});

const writes = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true };

test.each<[verdict: string, Hints]>([
  ['compatible', { destructiveHint: false }],
  ['compatible', { idempotentHint: true }],
  ['compatible', { openWorldHint: false }],
  ['compatible', { readOnlyHint: true }],
])('%s: a tool that changes things promises more, %j', (verdict, hints) => {
  const [base, head] = [writes, { ...writes, ...hints }].map((annotations) => ({ ...tool, annotations })) as [Offer, Offer];
  expect(verdictOf(compareLists([base], [head]))).toBe(verdict);
  expect(verdictOf(compareLists([head], [base]))).toBe('breaking');
});
