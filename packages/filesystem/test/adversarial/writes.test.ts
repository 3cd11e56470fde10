import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { anyServer, strategies } from '../any-server.ts';
import { layOutForWriting, refused, unwritable, type WriteRow } from './writes.ts';

/** Each tool with a path in each place where it writes. */
const writers: readonly (readonly [tool: string, argsFor: (path: string) => Record<string, unknown>])[] = [
  ['write_file', (path) => ({ path, content: 'pwned' })],
  ['write_file', (path) => ({ path, content: 'pwned', mode: 'create' })],
  ['write_file', (path) => ({ path, content: 'pwned', mode: 'append' })],
  ['edit_file', (path) => ({ path, edits: [{ oldText: 'secret', newText: 'pwned' }] })],
  ['create_directory', (path) => ({ path })],
  ['move_file', (path) => ({ source: 'ok.txt', destination: path })],
  ['move_file', (path) => ({ source: 'docs', destination: path })],
  ['move_file', (path) => ({ source: path, destination: 'taken-in.txt' })],
  ['copy_path', (path) => ({ source: 'ok.txt', destination: path })],
  ['copy_path', (path) => ({ source: 'docs', destination: path })],
  ['delete_path', (path) => ({ path })],
  ['delete_path', (path) => ({ path, recursive: true })],
];

describe.each(strategies)('%s', (strategy) => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let base: string;
  let places: ReturnType<typeof layOutForWriting>;
  let client: TestClient;

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    base = temporary.path;
    places = layOutForWriting(base);
    client = await connect(anyServer, { confirmation: 'off', directories: [places.root], readOnlyDir: [places.readOnly], strategy });
  });

  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await temporary[Symbol.asyncDispose]();
  });

  const filled = <Value>(value: Value): Value =>
    JSON.parse(
      JSON.stringify(value).replaceAll('{root}', places.root).replaceAll('{ro}', places.readOnly).replaceAll('{base}', base),
    ) as Value;

  async function judge([, tool, args, code]: WriteRow): Promise<void> {
    const before = fingerprint(base);
    const answer = await client.callTool(tool, filled(args));
    const text = JSON.stringify(answer);
    expect([answer.isError ? answer._meta?.code : 'ok', text]).toEqual([code, text]);
    expect(fingerprint(base)).toEqual(before);
    expect(text).not.toContain('the-secret-outside');
    if (!JSON.stringify(args).includes('out')) expect(text).not.toContain(places.outside);
    expect(text).not.toContain('/proc/self/fd');
  }

  describe.each(writers)('%s %o', (tool, argsFor) => {
    test.each(unwritable)('%s %j: %s', async (_id, path) => {
      const before = fingerprint(base);
      const answer = await client.callTool(tool, filled(argsFor(path)));
      // A directory that is there already is made by doing nothing.
      const there = tool === 'create_directory' && ['.', '{root}', 'docs/..'].includes(path);
      expect(answer.isError ? answer._meta?.code : 'ok').toBe(there ? 'ok' : 'denied');
      expect(fingerprint(base)).toEqual(before);
      expect(JSON.stringify(answer)).not.toMatch(/the-secret-outside|\/proc\/self\/fd/);
    });
  });

  const titled = refused.map(
    (row) => [`${row[0]} ${row[1]} ${JSON.stringify(row[2]).slice(0, 100)} -> ${row[3]}: ${row[4]}`, row] as const,
  );
  test.each(titled)('%s', (_title, row) => judge(row));
});

/** Everything below a directory: names, kinds, modes, inodes and contents. */
function fingerprint(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(directory, name);
      const stats = lstatSync(path);
      const content = stats.isFile() ? readFileSync(path, 'hex') : stats.isSymbolicLink() ? readlinkSync(path) : '';
      return `${name} ${stats.mode.toString(8)} ${stats.ino} ${stats.nlink} ${content}`;
    });
}
