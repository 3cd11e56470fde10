import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { faultsOf, stepFaults } from './rules.ts';

const root = join(import.meta.dirname, '..', '..');
const github = join(root, '.github');
const WORKFLOWS = readdirSync(join(github, 'workflows'));

function read(...path: string[]): string {
  return readFileSync(join(github, ...path), 'utf8');
}

test.each(WORKFLOWS)('%s has no faults', (name) => {
  expect(faultsOf(name, read('workflows', name))).toEqual([]);
});

test.each(WORKFLOWS)('what %s runs exists', (name) => {
  const scripts = [...read('workflows', name).matchAll(/\bnode (scripts\/[\w.-]+)/g)].map(([, path]) => path ?? '');
  expect(scripts.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const runs = [...read('workflows', name).matchAll(/pnpm --filter @touchstone-mcp\/([\w-]+) ([\w-]+)/g)];
  const missing = runs.filter(([, app = '', script = '']) => scriptsOf(app)[script] === undefined).map(([command]) => command);
  expect(missing).toEqual([]);
});

/** The scripts of a workspace that is not published. */
function scriptsOf(app: string): Record<string, string> {
  const folder = app === 'scripts' ? 'scripts' : join('apps', app);
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).scripts;
}

test('the composite action has no faults, and each of its scripts a shell', () => {
  const steps: { run?: string; shell?: string }[] = parse(read('actions', 'setup', 'action.yml')).runs.steps;
  expect(steps.flatMap((step) => stepFaults(step))).toEqual([]);
  expect(steps.filter(({ run, shell }) => (run === undefined) !== (shell === undefined))).toEqual([]);
});

/** As GitHub puts its own values into a workflow. */
const expression = (inside: string) => `$\{{ ${inside} }}`;

const GOOD = {
  permissions: '{ contents: read }',
  concurrency: 'ci',
  job: '{}',
  step: '{ uses: actions/checkout@v7, with: { persist-credentials: false } }',
};

/** A workflow that has no faults but for the part that is put in. */
function workflow(part: Partial<typeof GOOD> = {}): string {
  const { permissions, concurrency, job, step } = { ...GOOD, ...part };
  const lines = ['on: push', ...(permissions && [`permissions: ${permissions}`]), ...(concurrency && [`concurrency: ${concurrency}`])];
  return `${lines.join('\n')}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    permissions: ${job}\n    steps:\n      - ${step}\n`;
}

test('a workflow that keeps the rules has no faults', () => {
  expect(faultsOf('good.yml', workflow())).toEqual([]);
  expect(faultsOf('good.yml', workflow({ job: '{ attestations: write, id-token: write }' }))).toEqual([]);
});

test.each<[string, Parameters<typeof workflow>[0], RegExp]>([
  ['nothing is said of permissions', { permissions: '' }, /^permissions are not reset at the top$/],
  ['all jobs may write', { permissions: '{ contents: write }' }, /^writing is granted to all jobs$/],
  ['nothing is said of concurrency', { concurrency: '' }, /^no concurrency group$/],
  ['a branch of an action', { step: '{ uses: actions/setup-node@main }' }, /^a: actions\/setup-node@main is not pinned$/],
  ["a major version of a stranger's", { step: '{ uses: someone/action@v2 }' }, /^a: someone\/action@v2 is not pinned$/],
  [
    'an expression in a script',
    { step: `{ run: "echo ${expression('github.sha')}" }` },
    /^a: an expression in a script; hand it over in env$/,
  ],
  ['a title in a script', { step: `{ run: "echo ${expression('github.event.pull_request.title')}" }` }, /potentially untrusted/],
  ['a checkout that keeps the token', { step: '{ uses: actions/checkout@v7 }' }, /^a: checkout leaves the token in the tree$/],
  ['an identity and install scripts', { job: '{ id-token: write }', step: '{ uses: ./.github/actions/setup }' }, /take the identity$/],
  ['a scope that nobody knows', { job: '{ everything: write }' }, /unknown permission scope "everything"/],
  ['an expression that means nothing', { step: `{ run: ls, if: "${expression('github.nothing')}" }` }, /property "nothing" is not defined/],
])('%s is a fault', (_what, part, fault) => {
  expect(faultsOf('bad.yml', workflow(part))).toEqual([expect.stringMatching(fault)]);
});

test('a job without a timeout is a fault', () => {
  expect(faultsOf('bad.yml', workflow().replace(/ {4}timeout-minutes.*\n/, ''))).toEqual(['a: no timeout']);
});

test.each(readdirSync(join(github, 'ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml'))('%s is a form that GitHub takes', (name) => {
  const form = parse(read('ISSUE_TEMPLATE', name));
  expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String), labels: expect.any(Array) });
  const fields = form.body.filter(({ type }: { type: string }) => type !== 'markdown');
  const ids = fields.map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { type, id, attributes } of fields) {
    expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
    expect(id).toMatch(/^[a-z-]+$/);
    expect(attributes.label).toEqual(expect.any(String));
    if (type === 'dropdown') expect(new Set(attributes.options).size).toBe(attributes.options.length);
  }
});

test('vulnerabilities are reported in private', () => {
  const { blank_issues_enabled, contact_links } = parse(read('ISSUE_TEMPLATE', 'config.yml'));
  expect(blank_issues_enabled).toBe(false);
  expect(contact_links[0].url).toMatch(/\/security\/advisories\/new$/);
});

test('dependabot looks after packages, actions and every Containerfile', () => {
  const { version, updates } = parse(read('dependabot.yml'));
  expect(version).toBe(2);
  const folders = (name: string) => updates.find((update: Record<string, unknown>) => update['package-ecosystem'] === name);
  const images = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'Containerfile')));
  expect(folders('docker').directories).toEqual(images.map((name) => `/packages/${name}`));
  for (const name of images) expect(sourcesOf(readFileSync(join(root, 'packages', name, 'Containerfile'), 'utf8'))).not.toEqual([]);
  expect(folders('npm').directory).toBe('/');
  expect(folders('github-actions').directories).toEqual(['/', '/.github/actions/*']);
});

/** What it can raise: an image with a tag, written out where it is used (dependabot-core#2057). Throws for anything else but a stage. */
function sourcesOf(containerfile: string): string[] {
  const stages = new Set([...containerfile.matchAll(/^FROM .* AS (\S+)$/gm)].map(([, stage]) => stage));
  const sources = [...containerfile.matchAll(/^FROM (\S+)/gm)].map(([, source = '']) => source).filter((source) => !stages.has(source));
  for (const source of sources) expect(source).toMatch(/^[a-z][\w./-]*:[\w.-]+$/);
  return sources;
}
