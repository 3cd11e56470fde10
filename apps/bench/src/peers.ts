import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = new URL('./contestants/', import.meta.url);
const TARGET = new URL('../.peers/', import.meta.url);
const INSTALL_MS = 180_000;

/** Where the peers' programs and packages are. */
export const peerPath = (path: string) => fileURLToPath(new URL(path, TARGET));

/** What contestants/package.json pins. */
export const pinned: Record<string, string> = JSON.parse(readFileSync(new URL('package.json', SOURCE), 'utf8')).dependencies;

/** Installs the peers unless they are there in the versions pinned. Says why it could not, or undefined. */
export function installPeers(): string | undefined {
  if (!isInstalled()) rmSync(TARGET, { recursive: true, force: true });
  cpSync(SOURCE, TARGET, { recursive: true });
  if (isInstalled()) return undefined;
  console.error('Installing the peers with npm ...');
  try {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
    execFileSync('npm', ['install', ...options], {
      cwd: TARGET,
      timeout: INSTALL_MS,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
    });
    return isInstalled() ? undefined : 'npm has installed other versions';
  } catch (error) {
    // npm's own words come first, its advice and its log after them.
    return (
      String((error as { stderr?: Buffer }).stderr ?? error)
        .trim()
        .split('\n')[0] || 'npm has failed'
    );
  }
}

function isInstalled(): boolean {
  return Object.entries(pinned).every(([name, version]) => {
    const manifest = new URL(`node_modules/${name}/package.json`, TARGET);
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
  });
}
