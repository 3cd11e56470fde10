import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A server as npm has installed it. */
export interface Installed {
  /** The folder that it was installed into. */
  home: string;
  version: string;
  /** The command, as a client's configuration would name it. */
  command: string;
  tarballBytes: number;
  packages: number;
  seconds: number;
}

/**
 * Packs the package of the server in `source` and installs the tarball into an empty folder below `scratch` with plain npm. Optional peers,
 * which are large, are the ones that the workspace has.
 */
export async function packAndInstall(source: string, scratch: string, name: string, peers: readonly string[] = []): Promise<Installed> {
  const packed = join(scratch, 'packed');
  const home = join(scratch, 'installed');
  await Promise.all([mkdir(packed, { recursive: true }), mkdir(home, { recursive: true })]);
  await run('pnpm', ['pack', '--pack-destination', packed], { cwd: source });
  const [tarball] = await readdir(packed);
  if (tarball === undefined) throw new Error(`pnpm pack left nothing in ${packed}`);
  const path = join(packed, tarball);
  await writeFile(join(home, 'package.json'), '{ "private": true }\n');
  const started = performance.now();
  await run('npm', ['install', path, '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: home });
  const seconds = (performance.now() - started) / 1000;
  const lock = JSON.parse(await readFile(join(home, 'node_modules', '.package-lock.json'), 'utf8')) as { packages: object };
  const packages = Object.keys(lock.packages).length;
  for (const peer of peers) await symlink(join(source, 'node_modules', peer), join(home, 'node_modules', peer));
  const command = join(home, 'node_modules', '.bin', `touchstone-${name}`);
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string };
  return { home, version, command, tarballBytes: (await stat(path)).size, packages, seconds };
}

/** The variable that holds the HTTP token of a server. */
export function tokenVariable(name: string): string {
  return `TOUCHSTONE_${name.toUpperCase().replaceAll('-', '_')}_HTTP_TOKEN`;
}

/** A server that listens, and what it has said on stderr. */
export interface Listening extends AsyncDisposable {
  url: string;
}

/** Starts the installed command over HTTP with a token, on any free port. */
export async function startHttp(command: string, args: readonly string[], token: { variable: string; value: string }): Promise<Listening> {
  const env = { ...process.env, [token.variable]: token.value };
  const child = spawn(command, ['--http', '--http-port', '0', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const url = await Promise.race([
    listeningUrl(child),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`The server ended with ${code} before it listened`))),
  ]);
  return {
    url,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await exited;
      if (code !== 0) throw new Error(`The HTTP server ended with ${code} after SIGTERM`);
    },
  };
}

async function listeningUrl({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error('stderr is not piped');
  const lines = createInterface({ input: stderr });
  const { promise, resolve } = Promise.withResolvers<string>();
  // It goes on reading after the first line, so that the server never waits for us.
  lines.on('line', (line) => {
    const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
    if (msg === 'listening' && url !== undefined) resolve(url);
  });
  return await promise;
}
