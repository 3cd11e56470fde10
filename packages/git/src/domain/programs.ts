import { isAbsolute } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { Policy } from './environment.ts';
import { findProgram, type InstalledGit, isProgram } from './installed.ts';

/** By which git starts what has arguments: filters, helpers, ssh. Where it was built for Windows, it brings one along. */
const SHELL = '/bin/sh';

/** How long git may take to tell a setting. */
const START_MS = 10_000;

/** What signs, by the format that the user's configuration names, and the program that it is by default. */
const SIGNERS: Readonly<Record<string, string>> = { openpgp: 'gpg', x509: 'gpgsm', ssh: 'ssh-keygen' };

/** Whether git can start programs by a shell. */
export async function hasShell(shell = SHELL): Promise<boolean> {
  return process.platform === 'win32' || (await isProgram(shell));
}

/** Throws an error that an operator can act on where a setting needs a shell, and there is none. */
export async function needShell(setting: string, what: string, shell = SHELL): Promise<void> {
  if (await hasShell(shell)) return;
  throw new ToolError('unavailable', `${setting} needs ${shell}, by which git starts ${what}, and there is none.`, {
    hint: `Run the server where there is a shell (the published image has none; it can be built on a base that has), or leave ${setting} out.`,
  });
}

/** The same where it needs a program: a name that is looked for on PATH, or an absolute path. */
export async function needProgram(setting: string, program: string): Promise<void> {
  if (isAbsolute(program) ? await isProgram(program) : (await findProgram(program)) !== undefined) return;
  throw new ToolError('unavailable', `${setting} needs the program ${JSON.stringify(program)}, and it is not there.`, {
    hint: `Install it where PATH leads, or leave ${setting} out.`,
  });
}

/** That what the operator has opted in to can run, so that no call has to find out: hooks, git-lfs, and what signs. */
export async function provePrograms({ hooks, lfs, signing }: Policy, installed: InstalledGit, shell = SHELL): Promise<void> {
  if (hooks) await needShell('hooks', 'most hooks', shell);
  if (lfs) {
    await needShell('lfs', 'git-lfs', shell);
    await needProgram('lfs', 'git-lfs');
  }
  if (signing) await needProgram('signing', await signerOf(installed));
}

/** The program that signs, as the user's global configuration has it. */
async function signerOf({ run }: InstalledGit): Promise<string> {
  const setting = async (key: string, fallback: string, ...type: readonly string[]) => {
    const args = ['config', '--global', '--includes', '--null', ...type, '--default', fallback, '--get', key];
    return (await run(args, { signal: AbortSignal.timeout(START_MS) })).toString().split('\0')[0] ?? fallback;
  };
  const format = await setting('gpg.format', 'openpgp');
  const fallback = SIGNERS[format] ?? 'gpg';
  // The older name of the first of them.
  const usual = format === 'openpgp' ? await setting('gpg.program', fallback, '--type=path') : fallback;
  return await setting(`gpg.${format}.program`, usual, '--type=path');
}
