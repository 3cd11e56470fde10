import { getContainerRuntimeClient } from 'testcontainers';

/** Label of our containers: the process whose end makes them leftovers, which is .ci/run, or this one. */
export const OWNER_LABEL = 'touchstone.owner';
export const OWNER = process.env['TOUCHSTONE_CONTAINER_OWNER'] ?? String(process.pid);

/** Whether a container engine answers. Throws if none does where containers are required. */
export async function containersMayRun(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch (cause) {
    if (!process.env['TOUCHSTONE_REQUIRE_CONTAINERS']) return false;
    throw new Error('TOUCHSTONE_REQUIRE_CONTAINERS is set, and no container engine answers', { cause });
  }
}

/** Removes what killed test runs have left, where Testcontainers' own remover is switched off. */
export async function removeLeftovers(): Promise<void> {
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
