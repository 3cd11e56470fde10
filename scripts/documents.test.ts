import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { brokenLinks } from './documents/links.ts';
import { unknownFlags, unknownVariables } from './documents/settings.ts';
import { readServer } from './generate/listing.ts';

const ROOT = join(import.meta.dirname, '..');
const TEXTS = [
  '*.md',
  '{docs,.changeset,.github}/**/*.md',
  '{apps,examples,packages}/*/README.md',
  'scripts/README.md',
  'llms.txt',
  'packages/*/{server,manifest}.json',
];
const DOCUMENTS = globSync(TEXTS, { cwd: ROOT }).sort();
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('links', () => {
  test.each(DOCUMENTS)('%s points to what is there', (path) => {
    expect(brokenLinks(ROOT, path, read(path))).toEqual([]);
  });

  const elsewhere = 'https://github.com/touchstone-mcp/touchstone/blob/main';

  test.each([
    ['a file', '[x](gone.md)', 'docs/gone.md'],
    ['an anchor', '[x](deployment.md#gone)', 'docs/deployment.md#gone'],
    ['an anchor of its own', '[x](#gone)', 'docs/releases.md#gone'],
    ['an anchor of a folder', '[x](../packages/git#gone)', 'packages/git#gone'],
    ['a path in prose', 'See `docs/gone.md`.', 'docs/gone.md'],
    ['an URL of ours', `"documentation": "${elsewhere}/docs/gone.md"`, 'docs/gone.md'],
    ['an anchor in an URL of ours', `["${elsewhere}/packages/git/README.md#gone"]`, 'packages/git/README.md#gone'],
  ])('%s that is not there is told', (_what, text, target) => {
    expect(brokenLinks(ROOT, 'docs/releases.md', text)).toEqual([`docs/releases.md points to ${target}, which is not there`]);
  });

  test('other links, anchors that are there, and code are left alone', () => {
    const text = '[a](https://example.com/x) [b](#what-is-where) [c](../packages/git#what-you-can-opt-in-to)\n```md\n[d](gone.md)\n```\n';
    expect(brokenLinks(ROOT, 'docs/releases.md', text)).toEqual([]);
  });
});

const FOLDERS = globSync('packages/*/server.json', { cwd: ROOT }).map((path) => dirname(path));

test.each(FOLDERS)('the labels of the image in %s are what its package says', (folder) => {
  const { mcpName, description, license } = JSON.parse(read(`${folder}/package.json`));
  const containerfile = read(`${folder}/Containerfile`);
  expect(containerfile).toContain(`LABEL io.modelcontextprotocol.server.name="${mcpName}"`);
  expect(containerfile).toContain(`org.opencontainers.image.description="${description}"`);
  expect(containerfile).toContain(`org.opencontainers.image.licenses="${license}"`);
});

describe('settings', async () => {
  const servers = await Promise.all(FOLDERS.map((folder) => readServer(join(ROOT, folder))));
  /** What a README says of the server that its reader comes from. */
  const others: Record<string, string[]> = { git: ['--repository'] };

  test.each(servers.map(({ listing }) => [listing.server.name, listing] as const))('%s has those that texts name', (name, listing) => {
    expect(unknownFlags(read(`packages/${name}/README.md`), listing)).toEqual(others[name] ?? []);
    expect(DOCUMENTS.flatMap((path) => unknownVariables(read(path), listing).map((variable) => `${path}: ${variable}`))).toEqual([]);
  });

  test('what it does not have is told', () => {
    const { listing } = servers.find((server) => server.listing.server.name === 'git') ?? expect.fail();
    const text =
      'npx -y @touchstone-mcp/git --wirte --write\nWith `--hocks`, docker --init and `TOUCHSTONE_GIT_HOCKS`, `TOUCHSTONE_GIT_HOOKS`.';
    expect(unknownFlags(text, listing)).toEqual(['--wirte', '--hocks']);
    expect(unknownVariables(text, listing)).toEqual(['TOUCHSTONE_GIT_HOCKS']);
  });
});
