/**
 * Judges the packages as npm would get them: packs each, and runs publint and are-the-types-wrong on the tarball. Only what is meant to be
 * published is in it, with its licence and where it comes from; and installed into an empty folder it keeps its budgets.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { measure, overruns } from './packages/budgets.ts';

const ALLOWED = /^package\/(dist\/.+\.(js|d\.ts|json)|dist\/THIRD-PARTY-LICENSES\.txt|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;
/** pnpm packs the repository's LICENSE with every package. */
const NEEDED = ['package/package.json', 'package/README.md', 'package/LICENSE'];
const NEEDED_OF_SERVERS = ['package/dist/main.js', 'package/dist/THIRD-PARTY-LICENSES.txt'];
const KEYWORDS = ['mcp', 'modelcontextprotocol'];

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'touchstone-packages-'));
try {
  const faults = readdirSync(join(root, 'packages')).flatMap(judge);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** What is wrong with a package. Throws what a tool has to say about it. */
function judge(name: string): string[] {
  const folder = join(root, 'packages', name);
  const tarball = join(scratch, `${name}.tgz`);
  run('pnpm', ['pack', '--out', tarball], folder);
  const packed = run('tar', ['-tzf', tarball], folder).trim().split('\n');
  const manifest = JSON.parse(run('tar', ['-xzOf', tarball, 'package/package.json'], folder));
  run('publint', ['run', '--strict', tarball], folder);
  // Every package is ESM and needs a Node that knows `exports`.
  run('attw', [tarball, '--profile', 'esm-only', '--no-emoji'], folder);
  const isServer = manifest.bin !== undefined;
  const cost = measure(name, isServer, tarball, install(name, tarball));
  console.log(`${name}: ${JSON.stringify(cost).replaceAll(/["{}]/g, '').replaceAll(',', ', ')}`);
  return [...contentFaults(name, packed, isServer), ...manifestFaults(name, isServer, manifest), ...overruns(name, cost)];
}

function contentFaults(name: string, packed: readonly string[], isServer: boolean): string[] {
  const strangers = packed.filter((path) => !ALLOWED.test(path)).map((path) => `${name}: the tarball holds ${path}`);
  const needed = isServer ? [...NEEDED, ...NEEDED_OF_SERVERS] : NEEDED;
  const missing = needed.filter((path) => !packed.includes(path)).map((path) => `${name}: the tarball lacks ${path}`);
  return [...strangers, ...missing];
}

/** Where a package comes from, and that npm is to prove it, is the same for all but their names. */
function manifestFaults(name: string, isServer: boolean, manifest: Record<string, unknown>): string[] {
  const home = 'https://github.com/touchstone-mcp/touchstone';
  const expected: Record<string, unknown> = {
    name: `@touchstone-mcp/${name}`,
    license: 'MIT',
    homepage: `${home}/tree/main/packages/${name}#readme`,
    bugs: `${home}/issues`,
    repository: { type: 'git', url: `git+${home}.git`, directory: `packages/${name}` },
    publishConfig: { access: 'public', provenance: true },
    ...(isServer ? { mcpName: `io.github.touchstone-mcp/${name}` } : {}),
  };
  const wanted = isServer ? [...KEYWORDS, 'mcp-server'] : KEYWORDS;
  const keywords = manifest['keywords'] as string[] | undefined;
  return [
    ...Object.entries(expected)
      .filter(([key, value]) => !isDeepStrictEqual(manifest[key], value))
      .map(([key, value]) => `${name}: package.json must say "${key}": ${JSON.stringify(value)}`),
    ...wanted.filter((word) => !keywords?.includes(word)).map((word) => `${name}: package.json lacks the keyword ${word}`),
  ];
}

/** Installs a tarball as a user does, into a folder that has nothing else. */
function install(name: string, tarball: string): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--prefer-offline', tarball], folder);
  return folder;
}

function run(command: string, args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout ?? ''}${stderr ?? ''}${error ?? ''}`);
}
