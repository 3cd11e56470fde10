import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Exchange } from './counting-client.ts';

/** A dependency of that server and none of the bench: it is resolved from there. */
const PACKAGE = '@vscode/ripgrep';
const require = createRequire(new URL('../../../packages/filesystem/package.json', import.meta.url));

/** The ripgrep that our filesystem server runs; undefined where npm has none. */
export async function findRipgrep(): Promise<string | undefined> {
  try {
    const { rgPath }: { rgPath: string } = await import(pathToFileURL(require.resolve(PACKAGE)).href);
    return rgPath;
  } catch {
    return undefined;
  }
}

/** Runs it once, from its start to its end, as a shell would. */
export async function runRipgrep(binary: string, args: readonly string[]): Promise<Exchange> {
  const sent = performance.now();
  const child = spawn(binary, ['--no-config', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  const ms = performance.now() - sent;
  if (child.exitCode !== 0) throw new Error(`rg has ended with code ${child.exitCode}`);
  const start = Buffer.concat(chunks);
  return { ms, replies: [{ bytes: start.length, start }] };
}
