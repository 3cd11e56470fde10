import { realpath } from 'node:fs/promises';
import { expandHome } from './boundary.ts';
import type { InstalledGit } from './installed.ts';

/**
 * Git's rule about whose repositories are trusted: one's own, and those that `safe.directory` of the operator's global configuration names
 * where that configuration is used. Git asks no such thing when it is told where a repository is, so this does.
 */
export function ownership(installed: InstalledGit): (uid: bigint, path: string) => Promise<boolean> {
  const own = process.geteuid?.();
  // On Windows owners are no numbers, and files of administrators are everybody's.
  if (own === undefined) return async () => true;
  let trusted: Promise<string[]> | undefined;
  return async (uid, path) => {
    if (uid === BigInt(own)) return true;
    if (!installed.policy.userConfig) return false;
    trusted ??= safeDirectories(installed);
    const names = await trusted;
    return names.some(
      (name) => name === '*' || path === name || path === `${name}/.git` || (name.endsWith('/*') && path.startsWith(name.slice(0, -1))),
    );
  };
}

async function safeDirectories(installed: InstalledGit): Promise<string[]> {
  const args = ['config', '--global', '--null', '--default', '', '--get-all', 'safe.directory'];
  const listed = await installed.run(args, { signal: AbortSignal.timeout(10_000) });
  const names = listed
    .toString()
    .split('\0')
    .filter((name) => name !== '');
  // An empty entry takes back those before it; --default writes one at most.
  return await Promise.all(names.map((name) => realpath(expandHome(name)).catch(() => name)));
}
