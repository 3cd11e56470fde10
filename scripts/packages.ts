/**
 * Judges the packages as npm would get them: packs each, and runs publint and are-the-types-wrong on the tarball. Also that only what
 * is meant to be published is in it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ALLOWED = /^package\/(dist\/.+\.(js|d\.ts|json)|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'touchstone-packages-'));
try {
  for (const name of readdirSync(join(root, 'packages'))) judge(name);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function judge(name: string): void {
  const folder = join(root, 'packages', name);
  const tarball = join(scratch, `${name}.tgz`);
  run('pnpm', ['pack', '--out', tarball], folder);
  const strangers = run('tar', ['-tzf', tarball], folder)
    .trim()
    .split('\n')
    .filter((path) => !ALLOWED.test(path));
  if (strangers.length > 0) throw new Error(`${name}: the tarball holds ${strangers.join(', ')}`);
  run('publint', ['run', '--strict', tarball], folder);
  // Every package is ESM and needs a Node that knows `exports`.
  run('attw', [tarball, '--profile', 'esm-only', '--no-emoji'], folder);
  console.log(`${name}: packed, publint and are-the-types-wrong have nothing to say`);
}

function run(command: string, args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout ?? ''}${stderr ?? ''}${error ?? ''}`);
}
