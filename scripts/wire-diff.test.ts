import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = join(import.meta.dirname, 'wire-diff.ts');
const DEFAULT = 'packages/git/test/contract/default.json';
const GONE = `---\n'@touchstone-mcp/git': major\n---\n\ngit_log is gone.\n`;

const log = { name: 'git_log', inputSchema: { type: 'object', properties: { max: { type: 'integer' } }, additionalProperties: false } };
const show = { ...log, name: 'git_show' };
const prompt = { name: 'commit_message', arguments: [{ name: 'range', required: false }] };

let repository: string;

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'touchstone-wire-'));
  git('init', '--quiet');
  write('packages/git/package.json', { name: '@touchstone-mcp/git', version: '1.2.0' });
  write('packages/core/package.json', { name: '@touchstone-mcp/core', version: '1.2.0' });
  write(DEFAULT, [log, show]);
  write('packages/git/test/contract/write.json', [log, show]);
  write('packages/git/test/contract/default.prompts.json', [prompt]);
  write('packages/git/test/contract/default.resources.json', [{ name: 'object', uriTemplate: 'git://{+path}' }]);
  write('packages/core/test/contract/default.json', [log]);
  write('.changeset/old.md', GONE);
  commit();
});
afterEach(() => rmSync(repository, { recursive: true, force: true }));

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...identity, ...args], { cwd: repository });
}

function commit(): void {
  git('add', '.');
  git('commit', '--quiet', '--message', 'A');
}

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), typeof content === 'string' ? content : JSON.stringify(content));
}

/** What the script says, and how it ends. */
function diff(args = ['HEAD'], meant = 'false') {
  const env = { ...process.env, TOUCHSTONE_BREAKING_IS_MEANT: meant };
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { cwd: repository, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('nothing has changed', () => {
  expect(diff()).toMatchObject({ status: 0, stdout: expect.stringContaining('No tool, prompt or resource template has changed.') });
});

test('what core tests itself with is nobody else’s', () => {
  write('packages/core/test/contract/default.json', []);
  expect(diff()).toMatchObject({ status: 0, stdout: expect.stringContaining('No tool') });
});

test('a compatible change passes, and is told once for all configurations', () => {
  for (const name of ['default', 'write']) write(`packages/git/test/contract/${name}.json`, [log, show, { ...log, name: 'git_blame' }]);
  const { status, stdout } = diff();
  expect(status).toBe(0);
  expect(stdout).toContain('### @touchstone-mcp/git 1.2.0: compatible\n');
  expect(stdout).toContain('\n| compatible | git_blame | added | default, write |\n');
});

test('a breaking change fails and says what to do, although an older changeset has a major bump', () => {
  write(DEFAULT, [show]);
  const { status, stdout } = diff();
  expect(status).toBe(1);
  expect(stdout).toContain('### @touchstone-mcp/git 1.2.0: breaking\n');
  expect(stdout).toContain('\n| **breaking** | git_log | removed | default |\n');
  expect(stdout).toContain(
    'add a changeset for @touchstone-mcp/git with a major bump, or have a maintainer add the label `breaking-change`',
  );
});

test('a breaking change that is meant passes, and is told as such', () => {
  write(DEFAULT, [show]);
  const breaking = expect.stringContaining('| **breaking** | git_log | removed | default |');
  expect(diff(['HEAD'], 'true')).toMatchObject({ status: 0, stdout: breaking });
  write('.changeset/new.md', GONE.replace('gone', 'gone, use git_show'));
  expect(diff()).toMatchObject({ status: 0, stdout: breaking });
});

test('prompts and resource templates count too', () => {
  write('packages/git/test/contract/default.prompts.json', [{ ...prompt, arguments: [{ name: 'range', required: true }] }]);
  write('packages/git/test/contract/default.resources.json', [{ name: 'object', uriTemplate: 'git:///{+path}' }]);
  const { status, stdout } = diff();
  expect(status).toBe(1);
  expect(stdout).toContain('| **breaking** | commit_message | argument range: now required | default.prompts |');
  expect(stdout).toContain('| **breaking** | object | argument: no longer "git://{+path}"; also "git:///{+path}" | default.resources |');
});

test('a list that is gone hides what it held; a new one breaks nobody', () => {
  renameSync(join(repository, DEFAULT), join(repository, DEFAULT.replace('default', 'plain')));
  const { status, stdout } = diff();
  expect(status).toBe(1);
  expect(stdout).toContain('| **breaking** | (all) | the list is no longer on record | default |');
  expect(stdout).not.toContain('plain');
});

test('two revisions are compared without the working tree', () => {
  write(DEFAULT, [log, show, { ...log, name: 'git_blame' }]);
  commit();
  write(DEFAULT, []);
  expect(diff(['HEAD~1', 'HEAD'])).toMatchObject({ status: 0, stdout: expect.stringContaining('| git_blame | added |') });
});

test('names from a pull request are text: neither cells, nor links, nor HTML', () => {
  write(DEFAULT, [log, show, { ...log, name: 'a|b<img>[c](d)\n@e`' }]);
  expect(diff().stdout).toContain('| compatible | a&#124;b&#60;img>&#91;c&#93;(d) &#64;e&#96; | added | default |');
});

test.each([
  [[], 'Usage: node scripts/wire-diff.ts BASE [HEAD]'],
  [['nowhere'], 'There is no revision "nowhere" here. Fetch it first'],
  [['--upload-pack=x'], 'There is no revision "--upload-pack=x" here.'],
])('%j is told what is missing', (args, stderr) => {
  expect(diff(args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(stderr) });
});
