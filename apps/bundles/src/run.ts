import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Without a network npm tries for longer than anybody waits. */
const LONGEST_SECONDS = 120;

/** What a command writes to its standard output. Throws with everything that it has said where it fails, or takes more than two minutes. */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    return (await execute(command, args, { cwd, maxBuffer: Number.POSITIVE_INFINITY, timeout: LONGEST_SECONDS * 1000 })).stdout;
  } catch (cause) {
    const { message, stdout = '', killed = false } = cause as Error & { stdout?: string; killed?: boolean };
    throw new Error(`${message}\n${stdout}${killed ? `It was ended after ${LONGEST_SECONDS} seconds.` : ''}`, { cause });
  }
}
