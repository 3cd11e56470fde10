import { describe, expect, test } from 'vitest';
import { database, files, web } from '../../test/fixture/listing.ts';
import { serverJson } from './server-json.ts';

const [stdio, image, http] = serverJson(files).packages;

test('a server is named, described and versioned as its package is', () => {
  expect(serverJson(files)).toMatchObject({
    name: 'io.github.touchstone-mcp/files',
    title: 'Touchstone files',
    description: 'About files.',
    version: '1.2.3',
    websiteUrl: 'https://github.com/touchstone-mcp/touchstone/blob/main/packages/files/README.md',
    repository: { url: 'https://github.com/touchstone-mcp/touchstone', source: 'github', subfolder: 'packages/files' },
  });
});

test('the first package is that of npm, over stdio', () => {
  expect(stdio).toMatchObject({ registryType: 'npm', identifier: '@touchstone-mcp/files', version: '1.2.3', transport: { type: 'stdio' } });
  expect(stdio?.packageArguments).toEqual([
    {
      type: 'positional',
      valueHint: 'directories',
      description: 'Where.',
      isRequired: true,
      isRepeated: true,
      format: 'filepath',
      placeholder: '/a/directory',
    },
  ]);
});

describe('settings are variables', () => {
  const variables = stdio?.environmentVariables ?? [];

  test('those that a person is asked for, and none that is deprecated', () => {
    expect(variables.map(({ name }) => name?.replace('TOUCHSTONE_FILES_', ''))).toEqual([
      'WRITE',
      'TOOLSETS',
      'API_KEY',
      'NAMES',
      'POOL_SIZE',
      'CA_FILE',
      'CONFIRMATION',
    ]);
  });

  test.each([
    ['WRITE', { format: 'boolean', default: 'false', isSecret: false }],
    ['API_KEY', { format: 'string', isSecret: true }],
    ['NAMES', { format: 'string', default: 'a,b', placeholder: 'c' }],
    ['POOL_SIZE', { format: 'number', default: '4' }],
    ['CA_FILE', { format: 'filepath' }],
    ['CONFIRMATION', { default: 'required', choices: ['required', 'preferred', 'off'] }],
  ])('%s', (name, expected) => {
    expect(variables.find((variable) => variable.name === `TOUCHSTONE_FILES_${name}`)).toMatchObject(expected);
  });

  test('a list may have several of its choices, so they are not offered as alternatives; an empty default is none', () => {
    const toolsets = variables.find(({ name }) => name === 'TOUCHSTONE_FILES_TOOLSETS');
    expect(toolsets).not.toHaveProperty('choices');
    expect(toolsets).not.toHaveProperty('default');
  });
});

test('the image gets the directory as a mount', () => {
  expect(image).toMatchObject({
    registryType: 'oci',
    identifier: 'ghcr.io/touchstone-mcp/files:1.2.3',
    runtimeArguments: [
      { type: 'named', name: '--read-only' },
      { type: 'named', name: '--cap-drop', value: 'ALL' },
      { type: 'named', name: '--user', value: '{user}', variables: { user: { isRequired: true, default: '1000:1000' } } },
      {
        type: 'named',
        name: '--mount',
        value: 'type=bind,src={directories},dst=/data',
        variables: { directories: { format: 'filepath', isRequired: true } },
      },
    ],
    packageArguments: [{ type: 'positional', value: '/data' }],
  });
  expect(image).not.toHaveProperty('version');
});

test('over HTTP, the flag has no value, and the URL the port that is set', () => {
  expect(http?.packageArguments[0]).toEqual({ type: 'named', name: '--http' });
  expect(http?.transport).toMatchObject({ type: 'streamable-http', url: 'http://127.0.0.1:{TOUCHSTONE_FILES_HTTP_PORT}/mcp' });
  expect(http?.environmentVariables).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'TOUCHSTONE_FILES_HTTP_PORT', default: '3001' }),
      expect.objectContaining({ name: 'TOUCHSTONE_FILES_HTTP_TOKEN', isSecret: true }),
    ]),
  );
});

test('a secret is a variable also where it may be an argument', () => {
  for (const { packageArguments, environmentVariables } of serverJson(database).packages) {
    expect(JSON.stringify(packageArguments)).not.toContain('url');
    expect(environmentVariables[0]).toMatchObject({ name: 'TOUCHSTONE_DATABASE_URL', isSecret: true, isRequired: false });
  }
});

test('a server without arguments has none', () => {
  expect(serverJson(web).packages.map(({ packageArguments }) => packageArguments)).toEqual([[], [], [{ type: 'named', name: '--http' }]]);
});

test('a setting that it is made of must be there', () => {
  expect(() => serverJson({ ...web, common: [] })).toThrow('server.json needs the setting http, which commonSchema does not have');
});
