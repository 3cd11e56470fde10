import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { commonSchema } from '../../src/config/common.ts';
import { loadConfig } from '../../src/config/load.ts';
import { optionsOf } from '../../src/config/options.ts';
import { redactor } from '../../src/guards/redact.ts';
import { escapeInvisible, makeVisible } from '../../src/guards/sanitize.ts';
import { bearerToken } from '../../src/serve/auth.ts';
import { headerPolicy, headerProblem } from '../../src/serve/origin.ts';
import { hostile } from '../fixture/hostile.ts';

const LONG = 1 << 18;

/**
 * A quarter of a megabyte takes a linear expression a few milliseconds, and a quadratic one a minute: whatever the machine is busy with,
 * this lies far from both. Reaching it stops the expression, not the test run.
 */
const STUCK_MS = 3_000;

/** Pieces that make matching start, over and over; what ends the text makes it fail. */
const PUMPS = ['a', ' ', '\t', '\n', '0', '-', '_', '.', '/', '\\', '"', "'", ':', '=', '@', ',', '[', '{', '%', '\u202e', '\ud83d', 'é'];
const WORDS = [
  '://',
  'a,',
  'a ',
  '1.',
  'a:',
  'Bearer ',
  'basic  ',
  'eyJ',
  'eyJaaaaa.',
  'password=',
  'token":"',
  '\\"',
  '\\\\"',
  'secret: \\"',
  '://a@',
  'ghp_',
  'sk-',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  '127.',
  '--',
  'Aa',
  '\\u',
  '../',
  '\r\n',
];
const END = '\0';

/** Runs `work` with every hostile text of that size; names those with which it was stopped. */
function stuckWith(size: number, work: (text: string) => unknown): string[] {
  return [...PUMPS, ...WORDS].flatMap((pump) => {
    const text = pump.repeat(size / pump.length) + END;
    try {
      runInNewContext('work(text)', { work, text }, { timeout: STUCK_MS });
      return [];
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? [JSON.stringify(pump)] : [];
    }
  });
}

const PACKAGES = join(import.meta.dirname, '../../..');

/** A regular expression literal: after something that ends no value, with its classes and escapes. */
const LITERAL = /(?<=(?:[=(,:[!&|?{};+]|=>|return|^)\s*)\/(?![*/])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/([dgimsuvy]*)/gm;

/** Files whose expressions never see so much, and what they may see at most. */
const BOUNDS: Record<string, number> = {
  // Patterns of the operator.
  'filesystem/src/domain/policy.ts': 1_000,
  // A pattern, of which search_content takes 2,000 characters.
  'filesystem/src/domain/ripgrep.ts': 2_000,
};

/** Every literal in the sources of every package: file, expression. */
function literals(): [string, RegExp][] {
  return readdirSync(PACKAGES).flatMap((name) => {
    const source = join(PACKAGES, name, 'src');
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test|\.test-d)\.ts$/.test(file));
    return files.flatMap((file) => {
      const text = readFileSync(join(source, file), 'utf8').replace(/^\s*(?:\/\/|\*|\/\*|#!).*$/gm, '');
      return [...text.matchAll(LITERAL)].flatMap(([, body = '', flags]): [string, RegExp][] => {
        try {
          return [[`${name}/src/${file}`, new RegExp(body, flags)]];
        } catch {
          // Two slashes in a template, which only look like one.
          return [];
        }
      });
    });
  });
}

describe('CO-014: no regular expression can be made to take for ever', () => {
  const found = literals();

  test('the sweep sees what there is', () => {
    const files = new Set(found.map(([file]) => file));
    for (const file of ['core/src/guards/sanitize.ts', 'core/src/guards/redact.ts', 'core/src/serve/auth.ts', 'core/src/serve/http.ts'])
      expect(files).toContain(file);
  });

  test.each(found)('%s: %s', (file, expression) => {
    expect(stuckWith(BOUNDS[file] ?? LONG, (text) => text.replace(expression, ''))).toEqual([]);
  });
});

describe('CO-014: what takes the text of others', () => {
  const schema = commonSchema.extend(hostile.configSchema.shape);
  const options = optionsOf(schema, hostile.envPrefix);
  const load = (argv: string[], env: Record<string, string>) => {
    try {
      loadConfig(schema, options, hostile.envPrefix, { argv, env });
    } catch {
      // A refusal is an answer too.
    }
  };
  const policy = headerPolicy('127.0.0.1', 3001, ['a.example'], ['https://a.example']);
  const known = redactor(['a secret', 'aaaaaaaa!', '\\"']);

  test.each<[string, (text: string) => unknown]>([
    ['the redactor, a line', (text) => known(JSON.stringify({ text }))],
    ['the redactor, no JSON', (text) => known(text)],
    ['the redactor, a secret name', (text) => known(JSON.stringify({ password: text, text: `token=${text}` }))],
    ['makeVisible', (text) => makeVisible(text)],
    ['escapeInvisible', (text) => escapeInvisible(JSON.stringify(text))],
    ['a bearer token', (text) => bearerToken('x')(`Bearer ${text}`)],
    ['a Host', (text) => headerProblem({ url: '/mcp', headers: { host: text }, headersDistinct: { host: [text] } } as never, policy)],
    [
      'an Origin',
      (text) => headerProblem({ url: '/mcp', headers: { origin: text }, headersDistinct: { host: ['localhost:3001'] } } as never, policy),
    ],
    ['a value of a flag', (text) => load([`--max-rows=${text}`], {})],
    ['a token in a variable', (text) => load([], { TOUCHSTONE_FIXTURE_HTTP_TOKEN: text })],
    ['a list in a variable', (text) => load([], { TOUCHSTONE_FIXTURE_HTTP_ALLOWED_ORIGINS: text })],
  ])('%s', (_name, work) => {
    expect(stuckWith(LONG / 2, work)).toEqual([]);
  });
});
