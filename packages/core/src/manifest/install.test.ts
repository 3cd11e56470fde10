import { describe, expect, test } from 'vitest';
import { database, files, web } from '../../test/fixture/listing.ts';
import { installBlock } from './install.ts';

const CLIENTS = ['Claude Desktop', 'Claude Code', 'Cursor', 'VS Code', 'Windsurf', 'Zed', 'Codex', 'Gemini CLI', 'JetBrains', 'Docker'];
const listings = { files, database, web };
const url = "postgres://it's@db.example.com/(a)?b";
const started = {
  files: { command: 'npx', args: ['-y', '@touchstone-mcp/files', '/a/directory'] },
  database: { command: 'npx', args: ['-y', '@touchstone-mcp/database'], env: { TOUCHSTONE_DATABASE_URL: url } },
  web: { command: 'npx', args: ['-y', '@touchstone-mcp/web'] },
};

/** What is written in the block for a client. */
function codeFor(text: string, client: string): string {
  const [, code] = text.split(`<summary>${client}</summary>`)[1]?.match(/```\w+\n([\s\S]*?)\n```/) ?? [];
  return code ?? expect.fail(`nothing for ${client}`);
}

describe.each(Object.keys(listings) as (keyof typeof listings)[])('%s', (name) => {
  const text = installBlock(listings[name]);

  test('every client is there, in order', () => {
    expect([...text.matchAll(/<summary>(.+)<\/summary>/g)].map(([, client]) => client)).toEqual(CLIENTS);
  });

  test.each([
    ['Claude Desktop', 'mcpServers'],
    ['Cursor', 'mcpServers'],
    ['Windsurf', 'mcpServers'],
    ['Zed', 'context_servers'],
    ['Gemini CLI', 'mcpServers'],
    ['JetBrains', 'mcpServers'],
  ])('%s', (client, key) => {
    expect(JSON.parse(codeFor(text, client))).toEqual({ [key]: { [name]: started[name] } });
  });

  test('the link for Cursor holds the server', () => {
    const link = new URL(text.match(/\[Install in Cursor\]\(([^)]+)\)/)?.[1] ?? '');
    expect(link.searchParams.get('name')).toBe(name);
    expect(JSON.parse(atob(link.searchParams.get('config') ?? ''))).toEqual(started[name]);
  });

  test('the link for VS Code holds what its file does', () => {
    const link = new URL(text.match(/\[Install in VS Code\]\(([^)]+)\)/)?.[1] ?? '');
    const { servers, inputs = null } = JSON.parse(codeFor(text, 'VS Code'));
    expect(link.searchParams.get('name')).toBe(name);
    expect(JSON.parse(link.searchParams.get('config') ?? '')).toEqual(servers[name]);
    expect(JSON.parse(link.searchParams.get('inputs') ?? 'null')).toEqual(inputs);
  });
});

test('VS Code fills in the open folder, and asks for secrets', () => {
  expect(JSON.parse(codeFor(installBlock(files), 'VS Code'))).toEqual({
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of VS Code
    servers: { files: { type: 'stdio', ...started.files, args: ['-y', '@touchstone-mcp/files', '${workspaceFolder}'] } },
  });
  expect(JSON.parse(codeFor(installBlock(database), 'VS Code'))).toEqual({
    inputs: [{ type: 'promptString', id: 'url', description: 'Database.', password: true }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of VS Code
    servers: { database: { type: 'stdio', ...started.database, env: { TOUCHSTONE_DATABASE_URL: '${input:url}' } } },
  });
});

test('commands are for a shell as they are', () => {
  expect(codeFor(installBlock(files), 'Claude Code')).toBe('claude mcp add files -- npx -y @touchstone-mcp/files /a/directory');
  expect(codeFor(installBlock(database), 'Claude Code')).toBe(
    "claude mcp add database --env 'TOUCHSTONE_DATABASE_URL=postgres://it'\\''s@db.example.com/(a)?b' -- npx -y @touchstone-mcp/database",
  );
});

test('Codex reads TOML', () => {
  expect(codeFor(installBlock(files), 'Codex')).toBe(
    '[mcp_servers.files]\ncommand = "npx"\nargs = ["-y", "@touchstone-mcp/files", "/a/directory"]',
  );
  expect(codeFor(installBlock(database), 'Codex')).toContain(`\n\n[mcp_servers.database.env]\nTOUCHSTONE_DATABASE_URL = "${url}"`);
});

test('a container gets the directory under its own name, and a secret through its environment', () => {
  const run = ['run', '-i', '--rm', '--read-only', '--cap-drop', 'ALL'];
  expect(JSON.parse(codeFor(installBlock(files), 'Docker')).mcpServers.files).toEqual({
    command: 'docker',
    args: [
      ...run,
      '--user',
      '1000:1000',
      '--mount',
      'type=bind,src=/a/directory,dst=/a/directory',
      'ghcr.io/touchstone-mcp/files:1.2.3',
      '/a/directory',
    ],
  });
  expect(JSON.parse(codeFor(installBlock(database), 'Docker')).mcpServers.database).toEqual({
    command: 'docker',
    args: [...run, '-e', 'TOUCHSTONE_DATABASE_URL', 'ghcr.io/touchstone-mcp/database:1.2.3'],
    env: { TOUCHSTONE_DATABASE_URL: url },
  });
});

test('what is an example is called one', () => {
  expect(installBlock(files)).toContain('Put your own in place of `/a/directory`.');
  expect(installBlock(database)).toContain(`Put your own in place of \`${url}\`.`);
  expect(installBlock(web)).not.toContain('in place of');
});
