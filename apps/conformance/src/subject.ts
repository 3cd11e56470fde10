import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { scriptOf } from './command.ts';

/** The command of the server that is judged. */
const SUBJECT = scriptOf(import.meta.resolve('@touchstone-mcp/filesystem/package.json'), 'touchstone-filesystem');

/** How long the server may take to listen, and to end once it has been told to. */
const START_MS = 20_000;
const STOP_MS = 12_000;

/** The server under judgement, over HTTP. Disposing of it ends it, whatever state it is in. */
export interface Subject extends AsyncDisposable {
  url: string;
  /** Ends the server as a supervisor would; answers with what it had to complain about. Throws when it does not end in order. */
  stop: () => Promise<string[]>;
}

/** Starts the server on a free loopback port, for one folder. Throws with its own words when it does not start. */
export async function startSubject(folder: string, env: NodeJS.ProcessEnv): Promise<Subject> {
  const args = [SUBJECT, '--http', '--http-port', '0', '--rate-limit', '0', folder];
  const server = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(server, 'close').then(([code, signal]) => ({ code, signal }));
  const log: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The server did not listen within ${START_MS} ms:\n${log.join('\n')}`)), START_MS);
    createInterface(server.stderr).on('line', (line) => {
      log.push(line);
      const entry = parsed(line);
      if (entry.msg === 'listening' && typeof entry.url === 'string') resolve(entry.url);
    });
    void ended.then(() => reject(new Error(`The server did not start:\n${log.join('\n')}`)));
    void ended.finally(() => clearTimeout(timer));
  }).catch((error: unknown) => {
    server.kill('SIGKILL');
    throw error;
  });
  return {
    url,
    async stop() {
      server.kill('SIGTERM');
      const timer = setTimeout(() => server.kill('SIGKILL'), STOP_MS);
      const { code, signal } = await ended;
      clearTimeout(timer);
      // Windows has no signals: there, being told to end is being killed.
      if (code !== 0 && process.platform !== 'win32') throw new Error(`The server ended with ${code ?? signal} instead of 0`);
      return log.filter((line) => ['error', 'fatal', undefined].includes(parsed(line).level));
    },
    async [Symbol.asyncDispose]() {
      if (isRunning(server)) server.kill('SIGKILL');
      await ended;
    },
  };
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** A line of the server's log; whatever is not one has no level. */
function parsed(line: string): { level?: string; msg?: string; url?: unknown } {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
