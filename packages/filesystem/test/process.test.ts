import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A process without any setting of ours, which has `initialize` of a client with roots to read. */
function run(args: readonly string[], more: Record<string, string> = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(TOUCHSTONE_|NODE_|VITEST)/.test(name));
  const params = { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo: { name: 'x', version: '1' } };
  const input = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`;
  return spawnSync(process.execPath, [MAIN, ...args], { env: { ...Object.fromEntries(kept), ...more }, input, encoding: 'utf8' });
}

// FS-028: no directory by mistake must not become all that a client names.
test.each<[string, string[], Record<string, string>]>([
  ['no directory', [], {}],
  ['an empty variable', [], { TOUCHSTONE_FILESYSTEM_DIRECTORIES: '' }],
  ['flags alone', ['--write'], {}],
  ['read-only directories alone', ['--read-only-dir', '/'], {}],
])('FS-028: %s: it does not start, and says what is missing', (_name, args, env) => {
  const { status, stdout, stderr } = run(args, env);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^touchstone-filesystem: directories .*is required.*\nSee touchstone-filesystem --help\n$/);
});

test.each([
  ['an empty name', ''],
  ['a directory that is not there', '/nowhere-at-all'],
])('FS-028: %s: it does not start', (_name, directory) => {
  const { status, stdout, stderr } = run([directory]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^touchstone-filesystem: .+\nSee touchstone-filesystem --help\n$/);
});
