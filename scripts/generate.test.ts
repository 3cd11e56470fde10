import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const LEFT_OUT = new Set(['.pnpm', '.turbo', '.vitest', 'coverage', 'corpus', 'adversarial', 'integration']);
const copy = mkdtempSync(join(tmpdir(), 'touchstone-generate-'));

/** A copy of the repository in which sources can be changed. Links of pnpm are relative: packages lead to the copy, dependencies to the original. */
beforeAll(() => {
  const filter = (path: string) =>
    !relative(ROOT, path)
      .split(sep)
      .some((part) => LEFT_OUT.has(part));
  const parts = [
    'package.json',
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'llms.txt',
    'docs',
    'examples',
    'scripts',
    'packages',
    'node_modules',
  ];
  for (const part of parts) cpSync(join(ROOT, part), join(copy, part), { recursive: true, verbatimSymlinks: true, filter });
  symlinkSync(join(ROOT, 'node_modules/.pnpm'), join(copy, 'node_modules/.pnpm'), 'junction');
  expect(node('scripts/generate.ts').status).toBe(0);
}, 60_000);

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function node(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

function contentOf(path: string): string {
  return readFileSync(join(copy, path), 'utf8');
}

function change(path: string, from: string, to: string): void {
  const text = contentOf(path);
  expect(text).toContain(from);
  writeFileSync(join(copy, path), text.replace(from, to));
}

const fetchFiles = (...names: string[]) => names.map((name) => `packages/http-fetch/${name}`);

test.each([
  {
    what: 'a setting has another name',
    path: 'packages/http-fetch/src/config.ts',
    from: 'ignoreRobotsTxt:',
    to: 'trespassFreely:',
    stale: fetchFiles('README.md', 'server.json', 'manifest.json'),
    told: /--trespass-freely|TOUCHSTONE_HTTP_FETCH_TRESPASS_FREELY/,
    gone: /--ignore-robots-txt`? \||TOUCHSTONE_HTTP_FETCH_IGNORE_ROBOTS_TXT|"ignoreRobotsTxt"/,
  },
  {
    what: 'a tool has another description',
    path: 'packages/http-fetch/src/tools/fetch.ts',
    from: 'Reads a web page',
    to: 'Looks at a web page',
    stale: fetchFiles('README.md', 'manifest.json', 'test/contract/default.json', 'test/contract/api.json', 'test/contract/reading.json'),
    told: /Looks at a web page/,
    gone: /Reads a web page/,
  },
  {
    what: 'a package has another version',
    path: 'packages/http-fetch/package.json',
    from: '"version": "',
    to: '"version": "9',
    stale: fetchFiles('README.md', 'server.json', 'manifest.json'),
    told: /\b9\d+\.\d+\.\d+/,
    gone: /"version": "[0-8]|http-fetch:[0-8]/,
  },
])('$what: --check says what to run, and generate does it', ({ path, from, to, stale, told, gone }) => {
  change(path, from, to);
  const before = stale.map(contentOf);

  const check = node('scripts/generate.ts', '--check');
  expect(check.output.trim().split('\n').sort()).toEqual(
    [...stale.map((file) => `${file} is not what the sources say`), 'Run: npx pnpm generate'].sort(),
  );
  expect(check.status).toBe(1);
  expect(stale.map(contentOf)).toEqual(before);

  const written = node('scripts/generate.ts');
  expect(written.output).toContain(`wrote ${stale[0]}\n`);
  expect(written.status).toBe(0);
  for (const file of stale) {
    expect(contentOf(file)).toMatch(told);
    expect(contentOf(file)).not.toMatch(gone);
  }
  expect(node('scripts/generate.ts', '--check')).toEqual({ status: 0, output: expect.stringContaining('are up to date') });
});

test('the help of the server has the new name too, because it is made when it is asked for', () => {
  const { status, output } = node('packages/http-fetch/src/main.ts', '--help');
  expect(status).toBe(0);
  expect(output).toMatch(/^ {2}--trespass-freely .*\[default false; TOUCHSTONE_HTTP_FETCH_TRESPASS_FREELY\]$/m);
  expect(output).not.toContain('--ignore-robots-txt');
});

test.each([
  ['a README without one of its blocks', 'README.md', '<!-- generated:servers -->', '', 'README.md needs <!-- generated:servers -->'],
  [
    'a description that no registry takes',
    'packages/git/package.json',
    '"description": "',
    `"description": "${'x'.repeat(100)}`,
    'packages/git/server.json would break rules',
  ],
  [
    'a server that does not say what leaves the machine',
    'packages/git/README.md',
    '## Privacy',
    '## Secrets',
    'needs a section "## Privacy"',
  ],
])('%s stops it', (_what, path, from, to, message) => {
  change(path, from, to);
  const { status, output } = node('scripts/generate.ts', '--check');
  expect(output).toContain(message);
  expect(status).toBe(1);
  change(path, to === '' ? '<!-- /generated -->' : to, to === '' ? `${from}\n<!-- /generated -->` : from);
});

test('an argument that it does not know stops it', () => {
  expect(node('scripts/generate.ts', '--chek').output).toContain('Usage: node scripts/generate.ts [--check]');
});
