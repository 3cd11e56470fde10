import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Launch } from '../../playground/src/clients.ts';

const run = promisify(execFile);

/** Label of containers in the background: the process whose end makes them leftovers, which is .ci/run, or this one. */
const OWNER = `touchstone.owner=${process.env['TOUCHSTONE_CONTAINER_OWNER'] ?? process.pid}`;

/** Options that leave a container nothing that a server does not need. */
export const CONFINED = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

/** How a client starts a container for itself alone, from options, image and arguments. Closing the client ends it. */
export function launch(...args: string[]): Launch {
  // Without the environment of this process it would talk to another engine.
  const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return { command: 'docker', args: ['run', '--interactive', '--rm', ...CONFINED, ...args], env };
}

/** Runs the command line of the container engine. Resolves to what it writes. Throws with its own words where it does not succeed. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** Whether a container engine answers. Throws if it does not where containers are required; elsewhere says what is left out. */
export async function engineAnswers(): Promise<boolean> {
  try {
    await docker('version', '--format', '{{.Server.Version}}');
    return true;
  } catch (cause) {
    if (process.env['TOUCHSTONE_REQUIRE_CONTAINERS']) throw new Error('Containers are required, and no engine answers', { cause });
    process.stderr.write('No container engine answers: the tests of images are skipped.\n');
    return false;
  }
}

/** A container in the background. Disposing of it removes it, whatever state it is in. */
export interface Container extends AsyncDisposable {
  readonly id: string;
  /** One thing that the engine knows of it, as a Go template tells it. */
  inspect(template: string): Promise<string>;
  /** Everything that it has written so far. */
  logs(): Promise<string>;
}

/** Starts a container in the background: options, image, arguments. */
export async function start(...args: string[]): Promise<Container> {
  const id = await docker('run', '--detach', '--label', OWNER, ...args);
  return {
    id,
    inspect: (template) => docker('inspect', '--format', template, id),
    logs: async () => {
      const { stdout, stderr } = await run('docker', ['logs', id]);
      return stdout + stderr;
    },
    [Symbol.asyncDispose]: async () => void (await docker('rm', '--force', '--volumes', id)),
  };
}
