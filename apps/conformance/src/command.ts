import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

/** How one command ended. `code` is undefined when it was killed: for its time, or because this run was told to stop. */
export interface Outcome {
  code: number | undefined;
  stdout: string;
  stderr: string;
}

/** Where a command runs: its environment, its folder, and what stops it. */
export interface Place {
  env: NodeJS.ProcessEnv;
  cwd: string;
  signal: AbortSignal;
}

/** Longest time for one command. The slowest takes a second. */
const TIMEOUT_MS = 60_000;

/** The script behind a command of an installed package, to be run by this Node: a shell's wrapper could not be ended by its id. */
export function scriptOf(manifestUrl: string, command: string): string {
  const manifest = JSON.parse(readFileSync(new URL(manifestUrl), 'utf8')) as { bin: Record<string, string> };
  const path = manifest.bin[command];
  if (path === undefined) throw new Error(`${manifestUrl} has no command ${command}`);
  return fileURLToPath(new URL(path, manifestUrl));
}

/** Runs a script by this Node to its end, killing it when it takes too long. Never throws for what the script does. */
export function run(script: string, args: readonly string[], { env, cwd, signal }: Place): Promise<Outcome> {
  const options = { env, cwd, signal, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({ code: typeof code === 'number' ? code : undefined, stdout, stderr });
    });
  });
}

/** The exit code of a command, in words. */
export function ending({ code }: Outcome): string {
  return code === undefined ? 'killed' : `exit ${code}`;
}

/** The last lines that a command wrote, without colours: why a check failed. */
export function lastLines({ stdout, stderr }: Outcome, count = 12): string {
  const text = `${stdout.slice(-4_000)}\n${stderr.slice(-4_000)}`;
  return stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}
