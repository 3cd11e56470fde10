// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a manifest names a setting
import type { McpbManifestAny } from '@anthropic-ai/mcpb/browser';
import { expect, test } from 'vitest';
import { type Settings, startOf, type Unset } from './host.ts';

type McpConfig = NonNullable<McpbManifestAny['server']['mcp_config']>;
type UserConfig = NonNullable<McpbManifestAny['user_config']>;

const HERE = '/home/me/Claude Extensions/x';
const text = { type: 'string', title: 'T', description: 'D' } as const;
const folders = { type: 'directory', title: 'F', description: 'D', multiple: true } as const;

interface Row {
  why: string;
  config: Partial<McpConfig>;
  user?: UserConfig;
  settings?: Settings;
  unset?: Unset;
  args?: string[];
  env?: Record<string, string>;
}

const ROWS: readonly Row[] = [
  { why: 'the folder of the bundle', config: { args: ['${__dirname}/main.js'] }, args: [`${HERE}/main.js`] },
  {
    why: 'a text in the middle of another',
    config: { env: { X: 'a-${user_config.t}-b' } },
    user: { t: text },
    settings: { t: 'v' },
    env: { X: 'a-v-b' },
  },
  {
    why: 'several folders, each an argument',
    config: { args: ['-', '${user_config.f}', '-'] },
    user: { f: folders },
    settings: { f: ['/a b', '/c'] },
    args: ['-', '/a b', '/c', '-'],
  },
  { why: 'no folder, no argument', config: { args: ['${user_config.f}'] }, user: { f: { ...folders, default: [] } }, args: [] },
  {
    why: 'true and numbers are written out',
    config: { env: { X: '${user_config.b} ${user_config.n}' } },
    user: { b: { ...text, type: 'boolean' }, n: { ...text, type: 'number' } },
    settings: { b: true, n: 7 },
    env: { X: 'true 7' },
  },
  { why: 'the default', config: { env: { X: '${user_config.t}' } }, user: { t: { ...text, default: 'd' } }, env: { X: 'd' } },
  {
    why: 'an empty default in a variable',
    config: { env: { X: '${user_config.t}' } },
    user: { t: { ...text, default: '' } },
    env: { X: '' },
  },
  {
    why: 'an empty default in an argument of its own stays a placeholder',
    config: { args: ['${user_config.t}'] },
    user: { t: { ...text, default: '' } },
    args: ['${user_config.t}'],
  },
  {
    why: 'without a default the placeholder stays',
    config: { env: { X: '${user_config.t}' } },
    user: { t: text },
    env: { X: '${user_config.t}' },
  },
  {
    why: 'an empty field of a form beats the default',
    config: { env: { X: '${user_config.t}' } },
    user: { t: { ...text, default: 'd' } },
    unset: 'sends an empty text',
    env: { X: '' },
  },
  {
    why: 'what would carry an empty field is left out',
    config: { args: ['-', '${user_config.t}'], env: { X: '${user_config.t}', Y: 'y', Z: '${user_config.s}' } },
    user: { t: text, s: text },
    settings: { s: 'set' },
    unset: 'leaves it out',
    args: ['-'],
    env: { Y: 'y', Z: 'set' },
  },
];

test.each(ROWS)('A host makes of the manifest: $why', async ({ config, user, settings = {}, unset, args = [], env = {} }) => {
  const start = await startOf(manifestOf(config, user), HERE, settings, unset ?? 'takes the default');
  expect(start).toEqual({ command: 'node', args, env });
});

test.each([
  ['is not filled in', {}],
  ['is empty', { f: [] }],
])('A host starts nothing while a required setting %s', async (_, settings) => {
  const manifest = manifestOf({ args: ['${user_config.f}'] }, { f: { ...folders, required: true } });
  await expect(startOf(manifest, HERE, settings, 'takes the default')).rejects.toThrow('needs a setting');
});

function manifestOf(config: Partial<McpConfig>, user?: UserConfig): McpbManifestAny {
  return {
    manifest_version: '0.3',
    name: 'x',
    version: '1.0.0',
    description: 'X',
    author: { name: 'X' },
    server: { type: 'node', entry_point: 'main.js', mcp_config: { command: 'node', ...config } },
    ...(user === undefined ? {} : { user_config: user }),
  };
}
