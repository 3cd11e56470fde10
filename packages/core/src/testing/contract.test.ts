import { expect, test } from 'vitest';
import type { ListedTool } from './connect.ts';
import { overspending, promptViolations, templateViolations, violations } from './contract.ts';

const good: ListedTool = {
  name: 'read_text_file',
  title: 'Read text file',
  description: 'Reads.',
  inputSchema: { type: 'object', properties: { path: { type: 'string', description: 'Path' } }, additionalProperties: false },
  outputSchema: { type: 'object' },
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
};

const DEPRECATED = { deprecated: true, description: 'File. Deprecated: Use path (since 1.4.0).' };

/** The tool with one more argument. */
function argument(property: object) {
  const properties = { path: { type: 'string', description: 'Path' }, file: { type: 'string', description: 'File', ...property } };
  return { inputSchema: { ...good.inputSchema, properties } };
}

test('a tool that obeys breaks no rule', () => {
  expect(violations(good)).toEqual([]);
  expect(violations({ ...good, ...argument(DEPRECATED), description: 'Deprecated: Use read_file (since 1.4.0). Reads.' })).toEqual([]);
});

test.each<[string, Partial<ListedTool>]>([
  ['the name is verb_noun in snake_case, or a verb', { name: 'readTextFile' }],
  ['the name is verb_noun in snake_case, or a verb', { name: 'read_' }],
  ['it has a title', { title: '' }],
  ['it has a title', { title: undefined }],
  ['the description ends with a period', { description: 'Reads' }],
  ['the description ends with a period', { description: undefined }],
  ['the description has at most 400 characters', { description: `${'x'.repeat(400)}.` }],
  ['no invisible characters', { description: 'Reads\u202e.' }],
  ['no invisible characters', { inputSchema: { ...good.inputSchema, title: '\u{e0041}' } }],
  ['no combinator at the top of the input schema', { inputSchema: { ...good.inputSchema, anyOf: [] } }],
  ['the input is strict', { inputSchema: { type: 'object' } }],
  ['every argument is described', { inputSchema: { ...good.inputSchema, properties: { path: { type: 'string' } } } }],
  ['if deprecated, it says what to use and since when', { description: 'Deprecated: Use read_file. Reads.' }],
  ['if deprecated, it says what to use and since when', { description: 'Deprecated: (since 1.4.0). Reads.' }],
  ['a deprecated argument says what to use and since when', argument({ deprecated: true })],
  ['a deprecated argument says what to use and since when', argument({ deprecated: true, description: 'Deprecated: Use path.' })],
  ['a deprecated argument says what to use and since when', argument({ description: 'File. Deprecated: Use path (since 1.4.0).' })],
  ['a deprecated argument can be left out', { inputSchema: { ...argument(DEPRECATED).inputSchema, required: ['file'] } }],
  ['the output is an object', { outputSchema: undefined }],
  ['the output is an object', { outputSchema: { type: 'array' } }],
  ['the hints are set', { annotations: { ...good.annotations, openWorldHint: undefined } }],
  ['the hints are set', { annotations: { ...good.annotations, destructiveHint: undefined } }],
  ['what changes something says whether a call may be repeated', { annotations: { ...good.annotations, readOnlyHint: false } }],
  ['what changes something says whether a call may be repeated', { annotations: { ...good.annotations, idempotentHint: true } }],
  ['what only reads destroys nothing', { annotations: { ...good.annotations, destructiveHint: true } }],
])('%s, unlike %j', (rule, change) => {
  const tool = { ...good, ...change };
  expect(violations(tool)).toEqual([`${tool.name}: ${rule}`]);
});

test('a budget is in bytes of the JSON of all tools', () => {
  const tools = [good, { ...good, description: 'Liest, für Büros.' }];
  const bytes = new TextEncoder().encode(JSON.stringify(tools)).length;
  expect(overspending(tools, bytes)).toBeUndefined();
  expect(overspending(tools)).toBeUndefined();
  expect(overspending(tools, bytes - 1)).toBe(`tools/list has ${bytes} bytes; the budget is ${bytes - 1}`);
});

const template = { name: 'file', title: 'File', description: 'A file.', uriTemplate: 'file:///{+path}' };

test('a template that obeys breaks no rule', () => {
  expect(templateViolations(template)).toEqual([]);
});

test.each([
  ['the name is one word', { name: 'a_file' }],
  ['it has a title', { title: '' }],
  ['the description ends with a period', { description: 'A file' }],
  ['no invisible characters', { uriTemplate: 'file:///\u202e{+path}' }],
])('%s, unlike %j', (rule, change) => {
  const changed = { ...template, ...change };
  expect(templateViolations(changed)).toEqual([`${changed.name}: ${rule}`]);
});

const prompt = {
  name: 'review_book',
  title: 'Review book',
  description: 'Asks for a review.',
  arguments: [{ name: 'title', description: 'Its title', required: true }],
};

test('a prompt that obeys breaks no rule', () => {
  expect(promptViolations(prompt)).toEqual([]);
  expect(promptViolations({ name: 'greet', title: 'Greet', description: 'Greets.' })).toEqual([]);
});

test.each([
  ['the name is in snake_case', { name: 'review-book' }],
  ['it has a title', { title: '' }],
  ['the description ends with a period', { description: 'Asks' }],
  ['every argument is described', { arguments: [{ name: 'title', required: true }] }],
  ['no invisible characters', { arguments: [{ name: 'ti\u200btle', description: 'Its title', required: true }] }],
])('%s, unlike %j', (rule, change) => {
  const changed = { ...prompt, ...change };
  expect(promptViolations(changed)).toEqual([`${changed.name}: ${rule}`]);
});
