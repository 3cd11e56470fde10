import { getContainerRuntimeClient } from 'testcontainers';

/** Label of our containers: the process whose end makes them leftovers, which is .ci/run, or this one. */
export const OWNER_LABEL = 'touchstone.owner';
export const OWNER = process.env['TOUCHSTONE_CONTAINER_OWNER'] ?? String(process.pid);

/** What `start` makes of the container engine; undefined, once it has said why, where that cannot be had and is not required. */
export async function withContainers<Result>(start: () => Promise<Result>, otherwise: string): Promise<Result | undefined> {
  try {
    await removeLeftovers();
    return await start();
  } catch (cause) {
    if (process.env['TOUCHSTONE_REQUIRE_CONTAINERS']) {
      throw new Error('TOUCHSTONE_REQUIRE_CONTAINERS is set, and no container can be started', { cause });
    }
    process.stderr.write(`No container can be started (${cause instanceof Error ? cause.message : cause}): ${otherwise}\n`);
    return undefined;
  }
}

/** Removes what killed test runs have left, where Testcontainers' own remover is switched off. */
async function removeLeftovers(): Promise<void> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  for (const { Id, Labels } of await dockerode.listContainers({ all: true, filters: { label: [OWNER_LABEL] } })) {
    if (!isAlive(Number(Labels[OWNER_LABEL]))) await dockerode.getContainer(Id).remove({ force: true, v: true }).catch(unlessGone);
  }
}

/** Another run that starts now may remove it first. */
function unlessGone(error: { statusCode?: number }): void {
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
