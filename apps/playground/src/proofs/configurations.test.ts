import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commonConfigurationIn, configurationsIn } from './configurations.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const README = readFileSync(join(ROOT, 'packages', 'postgres', 'README.md'), 'utf8');
const CLIENTS = 13;

test('every client is told to start the package', async () => {
  const front = commonConfigurationIn(readFileSync(join(ROOT, 'README.md'), 'utf8'), 'postgres');
  const configurations = [...(await configurationsIn(README, 'postgres')), front].filter(({ launch }) => launch.command !== 'docker');
  expect(configurations).toHaveLength(CLIENTS - 1);
  for (const { client, launch } of configurations) {
    const env = { TOUCHSTONE_POSTGRES_URL: expect.stringMatching(client.startsWith('VS Code') ? /^\$\{input:url\}$/ : /^postgres:/) };
    expect({ client, launch }).toEqual({ client, launch: { command: 'npx', args: ['-y', '@touchstone-mcp/postgres'], env } });
  }
});

test.each([
  ['Zed', '"context_servers"', '"mcpServers"'],
  ['VS Code', '"servers"', '"mcpServers"'],
  ['VS Code', '"id": "url"', '"id": "uri"'],
  ['VS Code', '"password": true', '"password": false'],
  ['Claude Desktop', '"command": "npx",', '"command": "npx"'],
  ['Claude Desktop', '"command"', '"comand"'],
  ['Codex', '[mcp_servers.postgres]', '[mcp_servers.postgres'],
  ['Claude Code', 'claude mcp add', 'codex mcp add'],
  ['Claude Code', 'claude mcp add postgres', "claude mcp add 'postgres"],
  ['Cursor (link)', 'install-mcp?name=postgres', 'install-mcp?name=other'],
  ['Cursor (link)', '&config=eyJ', '&config=eyI'],
])('what %s cannot use is told: %s -> %s', async (client, good, bad) => {
  expect(README).toContain(good);
  await expect(configurationsIn(README.replace(good, bad), 'postgres')).rejects.toThrow(`${client} could not use`);
});

test('a client that is not told is missed', async () => {
  const without = README.replace('<summary>Windsurf</summary>', '');
  await expect(configurationsIn(without, 'postgres')).rejects.toThrow('every client');
});
