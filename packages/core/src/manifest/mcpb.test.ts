import { expect, test } from 'vitest';
import { database, files, web } from '../../test/fixture/listing.ts';
import { bundleManifest } from './mcpb.ts';

const main = 'server/node_modules/@touchstone-mcp/files/dist/main.js';

test('the directories are arguments, everything else that is asked for a variable', () => {
  const { server } = bundleManifest(files);
  expect(server.entry_point).toBe(main);
  expect(server.mcp_config.command).toBe('node');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of bundles
  expect(server.mcp_config.args).toEqual([`\${__dirname}/${main}`, '${user_config.directories}']);
  expect(server.mcp_config.env).toEqual(
    Object.fromEntries(
      ['write', 'toolsets', 'apiKey', 'names', 'poolSize', 'caFile', 'confirmation'].map((key) => [
        `TOUCHSTONE_FILES_${key.replace(/[A-Z]/g, '_$&').toUpperCase()}`,
        `\${user_config.${key}}`,
      ]),
    ),
  );
});

test.each([
  ['directories', { type: 'directory', title: 'Directories', description: 'Where.', required: true, multiple: true }],
  ['write', { type: 'boolean', title: 'Write', description: 'Allow a | b <c>.', required: false, default: false }],
  ['toolsets', { type: 'string', title: 'Toolsets', description: 'More tools. (more)', required: false, default: '' }],
  ['apiKey', { type: 'string', title: 'Api key', description: 'Key.', required: false, sensitive: true, default: '' }],
  ['names', { type: 'string', title: 'Names', description: 'Names.', required: false, default: 'a,b' }],
  ['poolSize', { type: 'number', title: 'Pool size', description: 'Size.', required: false, default: 4 }],
  ['caFile', { type: 'file', title: 'Ca file', description: 'Certificates.', required: false, default: '' }],
])('%s is asked for', (key, field) => {
  expect(bundleManifest(files).user_config[key]).toEqual(field);
});

test('what is asked for and what is used are the same', () => {
  for (const listing of [files, database, web]) {
    const { server, user_config: fields } = bundleManifest(listing);
    const used = [...JSON.stringify(server).matchAll(/\$\{user_config\.(\w+)\}/g)].map(([, key]) => key);
    expect(used.sort()).toEqual(Object.keys(fields).sort());
  }
});

test('a secret that could be an argument is a variable', () => {
  const { server, user_config: fields } = bundleManifest(database);
  expect(server.mcp_config.args).toHaveLength(1);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of bundles
  expect(server.mcp_config.env['TOUCHSTONE_DATABASE_URL']).toBe('${user_config.url}');
  expect(fields['url']).toMatchObject({ title: 'URL', sensitive: true, default: '' });
});

test('tools are those of the start, and it says that there may be more', () => {
  expect(bundleManifest(files)).toMatchObject({ tools: [{ name: 'read' }], tools_generated: true, prompts_generated: false });
  expect(bundleManifest(database)).toMatchObject({ tools: [{ name: 'query' }], tools_generated: false });
  expect(bundleManifest(web)).toMatchObject({ prompts_generated: true });
});

test('a server that talks to others links to what it tells them', () => {
  const readme = 'https://github.com/touchstone-mcp/touchstone/blob/main/packages/files/README.md';
  expect(bundleManifest(files)).toMatchObject({ privacy_policies: [`${readme}#privacy`] });
  expect(bundleManifest(database)).not.toHaveProperty('privacy_policies');
});

test('nothing in it is undefined: JSON would leave it out', () => {
  for (const listing of [files, database, web]) {
    const manifest = bundleManifest(listing);
    expect(JSON.parse(JSON.stringify(manifest))).toStrictEqual(manifest);
  }
});

test('the dialog calls settings by their titles, and asks for no number that may stay unset', () => {
  const more = (like: string, change: object) => {
    const option = files.own.find(({ key }) => key === like);
    if (option === undefined) throw new Error(`no setting ${like}`);
    return bundleManifest({ ...files, own: [...files.own, { ...option, ...change }] });
  };
  const { user_config: fields } = more('write', { key: 'more', flag: '--more', description: 'Needs --write, not --other.' });
  expect(fields['more']).toMatchObject({ description: 'Needs Write, not --other.' });
  expect(() => more('poolSize', { key: 'most', default: undefined })).toThrow('Setting most is a number without a default');
});
