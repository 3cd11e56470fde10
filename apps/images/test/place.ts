import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { docker, start } from '../src/docker.ts';

/** What the servers are let loose on. Disposing of it removes everything. */
export interface Place extends AsyncDisposable {
  /** A directory with `beds.txt`, and the repository `garden` that has it committed. */
  readonly data: string;
  /** A file with the bearer token, and the token. */
  readonly tokenFile: string;
  readonly token: string;
  /** Address and port of a web server with `page.html` and a bare `garden.git`. */
  readonly web: string;
  /** URL of a database. */
  readonly database: string;
}

/** Who the files belong to. Git's rule is that a repository must be one's own. */
export const USER = process.getuid?.() || 65_532;

/** Where the other suites have it from, too. */
const POSTGRES = [process.env['TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX'], 'postgres:18'].filter(Boolean).join('/');

const TOKEN = 'a-token-of-the-tests';

const PATIENCE = { timeout: 60_000, interval: 200 };

/** Whatever lies in /data, by any server's Node. */
const WEB_SERVER = `require('node:http').createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://web');
  const file = fs.createReadStream('/data' + pathname);
  file.on('error', () => response.writeHead(404).end());
  file.on('open', () => response.writeHead(200, { 'content-type': pathname.endsWith('.html') ? 'text/html' : 'application/octet-stream' }));
  file.pipe(response);
}).listen(8080, () => console.log('listening'))`;

/** Lays the files out, and starts what is talked to; `image` is any server's. */
export async function layPlace(image: string): Promise<Place> {
  await using stack = new AsyncDisposableStack();
  const scratch = mkdtempSync(join(tmpdir(), 'touchstone-images-'));
  stack.defer(() => rmSync(scratch, { recursive: true, force: true }));
  const data = join(scratch, 'data');
  const tokenFile = join(scratch, 'token');
  writeFileSync(tokenFile, `${TOKEN}\n`);
  layFiles(data);
  const options = ['--volume', `${data}:/data:ro`, '--entrypoint', '/nodejs/bin/node'];
  const web = stack.use(await start(...options, image, '--eval', WEB_SERVER));
  await vi.waitFor(async () => (await web.logs()).includes('listening') || Promise.reject(new Error('No web server yet')), PATIENCE);
  const database = stack.use(await start('--env', 'POSTGRES_PASSWORD=password', POSTGRES));
  // Over TCP: while the official image initializes, its server listens on the socket only.
  await vi.waitFor(() => docker('exec', database.id, 'pg_isready', '--host=127.0.0.1', '--username=postgres'), PATIENCE);
  const [webHost, databaseHost] = await Promise.all(
    [web, database].map(({ inspect }) => inspect('{{.NetworkSettings.Networks.bridge.IPAddress}}')),
  );
  const kept = stack.move();
  return {
    data,
    tokenFile,
    token: TOKEN,
    web: `${webHost}:8080`,
    database: `postgres://postgres:password@${databaseHost}:5432/postgres?sslmode=disable`,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function layFiles(data: string): void {
  const garden = join(data, 'garden');
  mkdirSync(garden, { recursive: true });
  const identity = ['-c', 'user.name=Gardener', '-c', 'user.email=gardener@example.com', '-c', 'commit.gpgsign=false'];
  const git = (...args: string[]) => execFileSync('git', [...identity, ...args], { cwd: garden, stdio: 'pipe' });
  for (const path of [join(data, 'beds.txt'), join(garden, 'beds.txt')]) writeFileSync(path, 'carrots\n');
  writeFileSync(join(data, 'page.html'), '<title>Garden</title><h1>Beds</h1><p>Carrots grow in sandy soil.</p>');
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=First spring');
  git('clone', '--quiet', '--bare', garden, join(data, 'garden.git'));
  git('-C', join(data, 'garden.git'), 'update-server-info');
  own(data);
}

/** Gives a directory with everything below it to USER. */
function own(directory: string): void {
  chmodSync(directory, 0o755);
  if (process.getuid?.() !== USER) execFileSync('chown', ['--recursive', `${USER}:${USER}`, directory]);
}
