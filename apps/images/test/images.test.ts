import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serverFolders } from '../../bundles/src/bundle.ts';
import { ALL_GENERATIONS, connect, type Generation, textOf, type Visitor } from '../../playground/src/clients.ts';
import { type Built, build } from '../src/build.ts';
import { CONFINED, type Container, docker, engineAnswers, launch, start } from '../src/docker.ts';
import { layPlace, type Place, USER } from './place.ts';
import { type Row, SERVERS } from './servers.ts';

const PACKAGES = join(import.meta.dirname, '..', '..', '..', 'packages');
const BUILD_MS = 300_000;
const MAX_LISTING = 16 * 1024 * 1024;

const run = promisify(execFile);

const available = await engineAnswers();

test('every server has an image', async () => {
  expect(SERVERS.map(({ name }) => name).sort()).toEqual((await serverFolders()).map((folder) => basename(folder)).sort());
});

describe.skipIf(!available)('images', () => {
  const images = new Map<string, Built>();
  let place: Place;

  beforeAll(async () => {
    await Promise.all(SERVERS.map(async ({ name }) => images.set(name, await build(join(PACKAGES, name), `localhost/touchstone-${name}`))));
    for (const [name, { bytes }] of images) console.log(`${name}: ${Math.round(bytes / 1_000_000)} MB`);
    place = await layPlace(image('filesystem').tag);
  }, BUILD_MS);
  afterAll(() => place?.[Symbol.asyncDispose]());

  describe.each(SERVERS)('$name', (row) => {
    test('says what it is, and is nobody', async () => {
      const { tag, package: manifest } = image(row.name);
      const config = JSON.parse(await docker('image', 'inspect', '--format', '{{json .Config}}', tag));
      expect(config.Labels).toMatchObject({
        'io.modelcontextprotocol.server.name': manifest.mcpName,
        'org.opencontainers.image.description': manifest.description,
        'org.opencontainers.image.licenses': manifest.license,
        'org.opencontainers.image.version': manifest.version,
      });
      expect(config.User).toBe('65532:65532');
      const who = await docker('run', '--rm', ...CONFINED, '--entrypoint', '/nodejs/bin/node', tag, '--print', 'process.getuid()');
      expect(who).toBe('65532');
      expect(await docker('run', '--rm', ...CONFINED, tag, '--version')).toBe(manifest.version);
    });

    test('has no shell, no package manager, and nothing that runs as somebody else', async () => {
      const { tag } = image(row.name);
      await expect(docker('run', '--rm', ...CONFINED, '--entrypoint', '/bin/sh', tag, '-c', 'true')).rejects.toThrow(
        /no such file|not found/,
      );
      const programs = await programsOf(tag);
      expect(programs.map(({ path }) => path)).toContain('nodejs/bin/node');
      expect(programs.filter(({ path }) => /\/((ba|da|a|z|k|c)?sh|busybox|toybox|perl|python[\d.]*|env)$/.test(path))).toEqual([]);
      expect(programs.filter(({ path }) => /\/(apt.*|dpkg.*|apk|npm|npx|corepack|yarn|pnpm)$/.test(path))).toEqual([]);
      expect(programs.filter(({ mode }) => /s/i.test(mode))).toEqual([]);
    });

    test.each(ALL_GENERATIONS)('answers a %s client over stdio', async (generation) => {
      const network = row.alone ? ['--network', 'none'] : [];
      await using client = await visit(generation, ...network, ...row.options(place), image(row.name).tag);
      const { tool, args, answer } = row.call(place);
      expect(await client.tools()).toContain(tool);
      expect(await ask(client, tool, args)).toContain(answer);
    });

    test('answers clients over HTTP, is healthy, and ends when it is told to', async () => {
      await using container = await startHttp(row, image(row.name).tag, place);
      const { id, url, inspect, logs } = container;
      await expect.poll(() => inspect('{{.State.Health.Status}}'), { timeout: 20_000 }).toBe('healthy');
      const refused = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
      expect(refused.status).toBe(401);
      const { tool, args, answer } = row.call(place);
      for (const generation of ALL_GENERATIONS) {
        await using client = await connect(generation, { kind: 'http', url, token: place.token });
        expect(await ask(client, tool, args)).toContain(answer);
      }
      // SIGTERM, and SIGKILL (137) after this time.
      await docker('stop', '-t', '10', id);
      expect(await inspect('{{.State.ExitCode}}')).toBe('0');
      expect(await logs()).not.toContain(place.token);
    });
  });

  test('a server that hangs is not healthy', async () => {
    const [row] = SERVERS as [Row];
    await using container = await startHttp(row, image(row.name).tag, place);
    const health = () => container.inspect('{{.State.Health.Status}}');
    await expect.poll(health, { timeout: 20_000 }).toBe('healthy');
    await docker('kill', '--signal', 'STOP', container.id);
    await expect.poll(health, { timeout: 20_000 }).toBe('unhealthy');
  });

  test('a server that speaks over stdio is healthy', async () => {
    const options = ['--interactive', '--health-interval', '1s', '--network', 'none', '--volume', `${place.data}:/data:ro`];
    await using container = await start(...options, image('filesystem').tag);
    await expect.poll(() => container.inspect('{{.State.Health.Status}}'), { timeout: 20_000 }).toBe('healthy');
  });

  test('git clones, commits, rebases, merges and stashes without a shell', async () => {
    const { tag } = image('git');
    const identity = ['--author-name', 'Gardener', '--author-email', 'gardener@example.com'];
    const more = ['--write', '--toolsets', 'history,remote', '--allow-hosts', `http://${place.web}`];
    const options = ['--volume', `${place.data}:/data`, '--user', `${USER}:${USER}`];
    await using client = await visit('modern', ...options, tag, ...more, ...identity, '/data');
    const call = (tool: string, args: Record<string, unknown>) => ask(client, tool, { repo_path: '/data/clone', ...args });
    const commit = async (file: string) => {
      await writeFile(join(place.data, 'clone', file), `${file}\n`);
      await call('git_commit', { message: `Add ${file}`, files: [file] });
    };
    await ask(client, 'git_clone', { url: `http://${place.web}/garden.git`, path: '/data/clone' });
    await call('git_create_branch', { branch_name: 'peas' });
    await commit('mint');
    await call('git_checkout', { branch_name: 'peas' });
    await commit('peas');
    await call('git_rebase', { revision: 'main' });
    await commit('beans');
    await call('git_checkout', { branch_name: 'main' });
    await call('git_merge', { revision: 'peas', ff: 'no', message: 'Summer' });
    await writeFile(join(place.data, 'clone', 'mint'), 'no mint\n');
    await call('git_stash', { action: 'push' });
    await call('git_stash', { action: 'pop' });
    expect(await call('git_diff_unstaged', {})).toContain('+no mint');
    const log = await call('git_log', {});
    expect(['Summer', 'Add beans', 'Add peas', 'Add mint', 'First spring'].filter((message) => !log.includes(message))).toEqual([]);
  });

  function image(name: string): Built {
    const built = images.get(name);
    if (built === undefined) throw new Error(`There is no image of ${name}`);
    return built;
  }
});

/** A client of a container that runs for it alone: options, image, arguments. */
function visit(generation: Generation, ...args: string[]): Promise<Visitor> {
  return connect(generation, { kind: 'stdio', ...launch(...args), onLog: () => {} });
}

/** The text of an answer. Throws where the server refused. */
async function ask(client: Visitor, tool: string, args: Record<string, unknown>): Promise<string> {
  const answer = await client.call(tool, args);
  if (answer.isError === true) throw new Error(`${tool} was refused: ${textOf(answer)}`);
  return textOf(answer);
}

/** What of an image's file system may be run: path and mode, as tar tells it. */
async function programsOf(tag: string): Promise<{ path: string; mode: string }[]> {
  const id = await docker('create', tag);
  try {
    const listing = await run('sh', ['-c', 'docker export "$1" | tar --list --verbose', 'sh', id], { maxBuffer: MAX_LISTING });
    const lines = listing.stdout.split('\n').map((line) => line.split(/\s+/));
    return lines.map(([mode = '', , , , , path = '']) => ({ mode, path })).filter(({ mode }) => /^[-lh].*[xsS]/.test(mode));
  } finally {
    await docker('rm', id);
  }
}

/** The server behind a port of this machine, as docs/deployment.md starts it. */
async function startHttp({ name, options }: Row, tag: string, place: Place): Promise<Container & { url: string }> {
  const port = await freePort();
  const prefix = `TOUCHSTONE_${name.toUpperCase().replace('-', '_')}`;
  const settings = ['HTTP=true', `HTTP_ALLOWED_HOSTS=127.0.0.1:${port}`, 'HTTP_TOKEN_FILE=/run/secrets/token'];
  const env = settings.flatMap((setting) => ['--env', `${prefix}_${setting}`]);
  const mounts = ['--volume', `${place.tokenFile}:/run/secrets/token:ro`, ...options(place)];
  const health = ['--health-interval', '1s', '--health-timeout', '2s', '--health-retries', '1'];
  const container = await start(...CONFINED, '--publish', `127.0.0.1:${port}:3001`, ...env, ...mounts, ...health, tag);
  return { ...container, url: `http://127.0.0.1:${port}/mcp` };
}

/** Free a moment ago: which port is published must be said to the server before it is. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
