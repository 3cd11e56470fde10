import { join } from 'node:path';
import { serverJson } from '@touchstone-mcp/core/manifest';
import { expect, test } from 'vitest';
import { readServer } from './listing.ts';
import { violations } from './server-json-rules.ts';

const { listing } = await readServer(join(import.meta.dirname, '../../packages/filesystem'));

// biome-ignore lint/suspicious/noExplicitAny: each row breaks it in its own way
type Broken = any;

test('that of a server breaks no rule', () => {
  expect(violations(serverJson(listing), listing)).toEqual([]);
});

const rows: [string, (json: Broken) => void, string][] = [
  ['too long a description', (json) => (json.description = 'x'.repeat(101)), '/description must NOT have more than 100 characters'],
  ['a name without a slash', (json) => (json.name = 'filesystem'), '/name must match pattern'],
  ['no version', (json) => delete json.version, "must have required property 'version'"],
  ['the version latest', (json) => (json.packages[0].version = 'latest'), '/packages/0/version must NOT be valid'],
  ['an URL that is none', (json) => (json.websiteUrl = 'nowhere'), '/websiteUrl must match format "uri"'],
  ['an unknown key at the top', (json) => (json.licence = 'MIT'), '/licence is not in the schema'],
  ['an unknown key of a package', (json) => (json.packages[0].runtime = 'npx'), '/packages/0/runtime is not in the schema'],
  ['an unknown key of the repository', (json) => (json.repository.folder = 'x'), '/repository/folder is not in the schema'],
  [
    'an unknown key of an argument',
    (json) => (json.packages[0].packageArguments[0].optional = true),
    '/packageArguments/0/optional is not',
  ],
  [
    'an unknown key of a variable',
    (json) => (json.packages[0].environmentVariables[0].secret = true),
    '/environmentVariables/0/secret is not',
  ],
  ['an unknown key of a transport', (json) => (json.packages[2].transport.port = 1), '/packages/2/transport/port is not'],
  [
    'an unknown key deep inside',
    (json) => (json.packages[1].runtimeArguments.at(-1).variables.directories.required = true),
    '/variables/directories/required is not',
  ],
  [
    'another name than mcpName',
    (json) => (json.name = 'io.github.touchstone-mcp/files'),
    'mcpName in package.json is io.github.touchstone-mcp/filesystem',
  ],
  ['another version', (json) => (json.version = '9.9.9'), 'version is 9.9.9'],
  [
    'another version of the package',
    (json) => (json.packages[0].version = '9.9.9'),
    'package @touchstone-mcp/filesystem 9.9.9 is not that of',
  ],
  ['another package', (json) => (json.packages[2].identifier = 'files'), 'package files'],
  ['another image', (json) => (json.packages[1].identifier += '-slim'), '-slim'],
  [
    'an argument that is no setting',
    (json) => (json.packages[2].packageArguments[0].name = '--https'),
    '--https is no argument of the server',
  ],
  ['a positional argument that is none', (json) => (json.packages[0].packageArguments[0].valueHint = 'folders'), 'folders is no argument'],
  ['a variable that is no setting', (json) => (json.packages[0].environmentVariables[0].name = 'X'), 'X is no variable of the server'],
  [
    'a secret that is not marked',
    (json) => delete json.packages[2].environmentVariables.at(-1).isSecret,
    'HTTP_TOKEN is a secret, and not marked',
  ],
];

test.each(rows)('%s is refused', (_what, breakIt, expected) => {
  const json = structuredClone(serverJson(listing));
  breakIt(json);
  expect(violations(json, listing).join('\n')).toContain(expected);
});

test('a secret as an argument is refused', () => {
  const own = listing.own.map((option) => (option.positional ? { ...option, secret: true } : option));
  expect(violations(serverJson(listing), { ...listing, own }).join('\n')).toContain(
    'directories is a secret, which other users could read',
  );
});
