import { setFlagsFromString } from 'node:v8';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { Instance } from 'libpg-query/wasm/libpg-query.js';

/** Longest SQL that is parsed, in characters. Its tree takes about a hundred times as much memory, and a tenth of a second. */
export const MAX_SQL_CHARS = 256 * 1024;

/** Above this the memory of an instance, which never shrinks, is given back by taking a new one. */
const MAX_MEMORY_BYTES = 256 * 1024 ** 2;

let instance: Promise<Instance> | undefined;

/**
 * The statements in a text, as trees of PostgreSQL 18's own grammar. Throws ToolError too_large, and invalid_input where the text is no SQL:
 * with the place, but without any of its words, because they may be values.
 */
export async function parseSql(sql: string): Promise<readonly unknown[]> {
  if (sql.length > MAX_SQL_CHARS) {
    throw new ToolError('too_large', `The SQL is longer than ${MAX_SQL_CHARS} characters.`, {
      hint: 'Pass long lists and values as params, or split the work.',
    });
  }
  // The parser stops at a NUL: what comes after it would go unjudged. Half of a surrogate pair would reach it as another character.
  if (sql.includes('\0') || !sql.isWellFormed()) {
    throw new ToolError('invalid_input', 'The SQL contains a NUL or half of a surrogate pair.', { hint: 'Send plain text.' });
  }
  for (;;) {
    instance ??= open();
    const current = instance;
    const grammar = await current;
    // Meanwhile another statement may have spoilt it.
    if (current === instance) return parseWith(grammar, sql);
  }
}

/** The package's own functions share one instance for good; `parseWith` shows why that does not do. Loaded with the first statement. */
async function open(): Promise<Instance> {
  const { default: openInstance } = await import('libpg-query/wasm/libpg-query.js');
  // Optimizing the parser takes V8 more than 500 MB for some seconds, and gains a tenth of the time that a statement takes.
  for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
  return openInstance();
}

function parseWith(grammar: Instance, sql: string): readonly unknown[] {
  let outcome: { tree: string } | SyntaxFault;
  try {
    outcome = run(grammar, sql);
  } catch (cause) {
    // Its stack has overflowed. What it leaves behind is not unwound: some thirty such statements later it would answer nonsense.
    instance = undefined;
    throw tooDeep(cause);
  }
  if (grammar.HEAPU8.length > MAX_MEMORY_BYTES) instance = undefined;
  if ('fault' in outcome) throw outcome.fault.startsWith('memory exhausted') ? tooDeep() : syntaxError(outcome, sql);
  const { stmts = [] } = JSON.parse(outcome.tree) as { stmts?: { stmt: unknown }[] };
  return stmts.map(({ stmt }) => stmt);
}

interface SyntaxFault {
  readonly fault: string;
  /** In characters, from 0. */
  readonly at: number;
}

function run(grammar: Instance, sql: string): { tree: string } | SyntaxFault {
  const bytes = grammar.lengthBytesUTF8(sql) + 1;
  const text = grammar._malloc(bytes);
  let result = 0;
  try {
    grammar.stringToUTF8(sql, text, bytes);
    result = grammar._wasm_parse_query_raw(text);
    const [tree = 0, , error = 0] = [0, 4, 8].map((offset) => grammar.getValue(result + offset, 'i32'));
    if (error === 0) return { tree: grammar.UTF8ToString(tree) };
    const cursor = grammar.getValue(error + 16, 'i32');
    return { fault: grammar.UTF8ToString(grammar.getValue(error, 'i32')), at: Math.max(cursor - 1, 0) };
  } finally {
    grammar._free(text);
    if (result !== 0) grammar._wasm_free_parse_result(result);
  }
}

function tooDeep(cause?: unknown): ToolError {
  return new ToolError('invalid_input', 'The SQL is nested too deeply.', {
    hint: 'Use fewer parentheses, operators or unions in a row.',
    cause,
  });
}

function syntaxError({ fault, at }: SyntaxFault, sql: string): ToolError {
  const before = [...sql].slice(0, at).join('').split('\n');
  const [what = ''] = fault.split(' at or near ');
  return new ToolError('invalid_input', `SQL: ${what} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`, {
    hint: 'Correct the SQL: it must be one statement in the dialect of PostgreSQL.',
  });
}
