import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256Of } from '../../src/domain/existing.ts';
import { temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { anyServer, strategies } from '../any-server.ts';

/** Makes the same file, exclusively, over and over, and says how often it could. */
const CREATOR = `
  const fs = require('node:fs');
  const deadline = Date.now() + 60_000;
  let made = 0;
  process.on('SIGTERM', () => { process.stdout.write(String(made)); process.exit(); });
  const go = () => {
    for (let i = 0; i < 100; i++) {
      try { fs.writeFileSync(process.argv[1], 'theirs', { flag: 'wx' }); made++; } catch {}
    }
    if (Date.now() < deadline) setImmediate(go);
  };
  go();
`;

describe.each(strategies)('%s', (strategy) => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let client: TestClient;
  const at = (name: string) => join(temporary.path, name);
  const contentOf = (name: string) => readFile(at(name), 'utf8');

  beforeEach(async () => {
    temporary = await temporaryDirectory();
    client = await connect(anyServer, { directories: [temporary.path], strategy });
  });

  afterEach(async () => {
    await client[Symbol.asyncDispose]();
    expect((await readdir(temporary.path)).filter((name) => name.startsWith('.touchstone-'))).toEqual([]);
    await temporary[Symbol.asyncDispose]();
  });

  const codeOf = async (tool: string, args: Record<string, unknown>) => (await client.callTool(tool, args))._meta?.code;

  test('FS-047: of many that move to one name, one does, and no file is lost', async () => {
    for (let index = 0; index < 20; index += 1) await writeFile(at(`f${index}`), `${index}`);
    const codes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => codeOf('move_file', { source: `f${index}`, destination: 'one' })),
    );
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    expect(codes.filter((code) => code === 'conflict')).toHaveLength(19);
    expect(await readdir(temporary.path)).toHaveLength(20);
  });

  test.each([
    ['write_file', { path: 'target', content: 'ours', mode: 'create' }],
    ['move_file', { source: 'source', destination: 'target' }],
    ['copy_path', { source: 'source', destination: 'target' }],
  ])('FS-047: %s never replaces what another process creates at the name', async (tool, args) => {
    const creator = spawn(process.execPath, ['-e', CREATOR, at('target')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const made = creator.stdout.toArray();
    const ended = once(creator, 'exit');
    const outcomes = new Map<unknown, number>();
    try {
      for (let round = 0; round < 200; round += 1) {
        await writeFile(at('source'), 'ours');
        const code = await codeOf(tool, args);
        outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
        // Whoever was told that the name is theirs has it, and what could not be moved is where it was.
        expect((await contentOf('target')) === 'ours').toBe(code === undefined);
        expect((await readdir(temporary.path)).includes('source')).toBe(tool !== 'move_file' || code !== undefined);
        await rm(at('target'));
      }
    } finally {
      creator.kill('SIGTERM');
      await ended;
    }
    expect([...outcomes.keys()].filter((code) => code !== undefined && code !== 'conflict')).toEqual([]);
    // It was a race.
    expect(Number((await made).join(''))).toBeGreaterThan(10);
  });

  test('FS-048: what was written since a file was read is not lost', async () => {
    await writeFile(at('f'), 'read');
    const expectedSha256 = sha256Of(Buffer.from('read'));
    await writeFile(at('f'), 'saved by an editor');
    expect(await codeOf('write_file', { path: 'f', content: 'x', expectedSha256 })).toBe('conflict');
    expect(await codeOf('write_file', { path: 'f', content: 'x', mode: 'append', expectedSha256 })).toBe('conflict');
    expect(await codeOf('edit_file', { path: 'f', edits: [{ oldText: 'editor', newText: 'x' }], expectedSha256 })).toBe('conflict');
    expect(await contentOf('f')).toBe('saved by an editor');
    // Without the hash an edit is of what is there now.
    expect(await codeOf('edit_file', { path: 'f', edits: [{ oldText: 'editor', newText: 'person' }] })).toBeUndefined();
    expect(await contentOf('f')).toBe('saved by an person');
  });

  test('FS-049: two dozen edits of one file at once, by several paths and spellings, are all in it', async () => {
    await mkdir(at('d'));
    await symlink('d', at('e'));
    const lines = (open: string, close: string) => Array.from({ length: 24 }, (_, index) => `${open}${index}${close}\n`).join('');
    await writeFile(at('d/\u00e9.txt'), lines('<', '>'));
    await symlink('d/\u00e9.txt', at('link'));
    const paths = ['d/\u00e9.txt', 'e/\u00e9.txt', 'link', at('d/e\u0301.txt')];
    const codes = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        codeOf('edit_file', { path: paths[index % 4], edits: [{ oldText: `<${index}>`, newText: `(${index})` }] }),
      ),
    );
    expect(new Set(codes)).toEqual(new Set([undefined]));
    expect(await contentOf('d/\u00e9.txt')).toBe(lines('(', ')'));
  });

  test('FS-129: renaming a file to another case of its name', async () => {
    await writeFile(at('readme'), 'x');
    const caseless = await stat(at('README')).then(
      () => true,
      () => false,
    );
    if (!caseless) {
      // Here they are two names, and the second may be another file's.
      await link(at('readme'), at('README'));
      expect(await codeOf('move_file', { source: 'readme', destination: 'README' })).toBe('conflict');
      await rm(at('README'));
    }
    expect(await codeOf('move_file', { source: 'readme', destination: 'README' })).toBeUndefined();
    expect(await readdir(temporary.path)).toEqual(['README']);
  });

  test.runIf(process.platform === 'win32')('FS-123: a file that another program has locked is left as it is, and it is said', async () => {
    await writeFile(at('f'), 'old');
    const lock = `$file = [IO.File]::Open('${at('f')}', 'Open', 'Read', 'None'); 'locked'; [Console]::ReadLine() | Out-Null; $file.Close()`;
    const holder = spawn('powershell', ['-NoProfile', '-Command', lock], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    const codes = [
      await codeOf('write_file', { path: 'f', content: 'new' }),
      await codeOf('edit_file', { path: 'f', edits: [{ oldText: 'old', newText: 'new' }] }),
    ];
    holder.stdin.end('\n');
    await once(holder, 'exit');
    for (const code of codes) expect(['unavailable', 'denied']).toContain(code);
    expect(await contentOf('f')).toBe('old');
    expect(await codeOf('write_file', { path: 'f', content: 'new' })).toBeUndefined();
  });
});
