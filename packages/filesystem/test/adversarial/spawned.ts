import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** What a call has answered. */
export interface Answer {
  readonly text: string;
  readonly data: Record<string, unknown>;
  readonly code: string | undefined;
}

/** A client of a real process. */
export interface SpawnedClient extends AsyncDisposable {
  ask(tool: string, args: Readonly<Record<string, unknown>>): Promise<Answer>;
}

/** Starts the command by another one, such as `setpriv`, with everything allowed. Undefined where that one is not there. */
export async function spawnedClient(starter: readonly string[], ...directories: readonly string[]): Promise<SpawnedClient | undefined> {
  const [command = '', ...args] = [...starter, process.execPath];
  if (spawnSync(command, [...args, '--version']).status !== 0) return undefined;
  const settings = ['--write', '--destructive', '--confirmation=off', '--log-level=silent', '--rate-limit=0'];
  const client = new Client({ name: 'test', version: '0.0.0' });
  await client.connect(new StdioClientTransport({ command, args: [...args, MAIN, ...settings, ...directories], stderr: 'inherit' }));
  return {
    async ask(tool, args) {
      const { content, structuredContent, isError, _meta } = await client.callTool({ name: tool, arguments: args });
      const [block] = content;
      const code = isError ? String(_meta?.['code']) : undefined;
      return { text: block?.type === 'text' ? block.text : '', data: (structuredContent ?? {}) as Record<string, unknown>, code };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
