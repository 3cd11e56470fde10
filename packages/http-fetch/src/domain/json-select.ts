import { ToolError } from '@touchstone-mcp/core/errors';
import type { JSONValue } from 'json-p3';
import { readableJson } from './json.ts';

/** Proves that a text is a JSONPath (RFC 9535). Throws `invalid_input` for what is none. */
export async function checkSelect(select: string): Promise<void> {
  await compiled(select);
}

/** JSON, or what a JSONPath selects of it: a value where it can select one alone, else a list. Throws `invalid_input` for what is no JSON. */
export async function selectJson(text: string, select: string | undefined): Promise<string> {
  if (select === undefined) return readableJson(text)?.content ?? noJson();
  const path = await compiled(select);
  const value = parsed(text);
  const found = path.query(value).values();
  const answer = path.singularQuery() ? found[0] : found;
  return readableJson(JSON.stringify(answer) ?? '')?.content ?? '';
}

/** Loaded where it is used: most calls select nothing. */
async function compiled(select: string) {
  const { compile } = await import('json-p3');
  try {
    return compile(select);
  } catch (cause) {
    throw new ToolError('invalid_input', 'select is no JSONPath.', { hint: 'For example $.items[*].name (RFC 9535).', cause });
  }
}

/** The specification has a third argument; the types do not know it yet. */
type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

/** Integers that a number cannot hold become strings: a wrong digit in an id is worse. */
const exact: Reviver = (_key, value, context) =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) ? context?.source : value;

function parsed(text: string): JSONValue {
  try {
    return JSON.parse(text, exact);
  } catch {
    return noJson();
  }
}

/** The parser's own words quote the answer. */
function noJson(): never {
  throw new ToolError('invalid_input', 'The answer is no JSON.', { hint: 'Ask for another format.' });
}
