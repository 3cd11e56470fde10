import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.ts';

/** Whose programs a bundle carries, so that one file is for everybody. */
const PLATFORMS = [
  { os: 'darwin', cpu: 'arm64' },
  { os: 'darwin', cpu: 'x64' },
  { os: 'linux', cpu: 'arm64' },
  { os: 'linux', cpu: 'x64' },
  { os: 'win32', cpu: 'arm64' },
  { os: 'win32', cpu: 'x64' },
] as const;

/** Optional peers that a server is better with, and that whoever installs a bundle could not add. */
const PEERS = ['unpdf'];

/** What a package says of itself, as far as a bundle depends on it. */
export interface PackageFile {
  version: string;
  bin?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

interface LockFile {
  packages: Record<string, { os?: string[]; cpu?: string[] }>;
}

/** What the package in `folder` says of itself. */
export async function packageFile(folder: string): Promise<PackageFile> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageFile;
}

/**
 * Packs the package in `folder` and fills `server` with the node_modules that npm makes of the tarball, for all platforms at once. Works in
 * `scratch`, an empty folder.
 */
export async function install(folder: string, server: string, scratch: string): Promise<void> {
  const packed = join(scratch, 'packed');
  const home = join(scratch, 'home');
  await Promise.all([mkdir(packed), mkdir(home)]);
  await run('pnpm', ['pack', '--pack-destination', packed], folder);
  const [tarball = ''] = await readdir(packed);
  await writeFile(join(home, 'package.json'), '{ "private": true }\n');
  const packages = [join(packed, tarball), ...(await peersOf(folder))];
  for (const { os, cpu } of PLATFORMS) {
    await run(
      'npm',
      ['install', ...packages, `--os=${os}`, `--cpu=${cpu}`, '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'],
      home,
    );
    await cp(join(home, 'node_modules'), join(server, 'node_modules'), { recursive: true });
    if (!(await hasPrograms(home))) return;
  }
}

/** The optional peers, in the versions that the server is tested with. */
async function peersOf(folder: string): Promise<string[]> {
  const { peerDependencies = {}, devDependencies = {} } = await packageFile(folder);
  return PEERS.filter((peer) => peer in peerDependencies).map((peer) => `${peer}@${devDependencies[peer]}`);
}

/** Whether another platform would get other packages: the lock file lists those of all platforms. */
async function hasPrograms(home: string): Promise<boolean> {
  const { packages } = JSON.parse(await readFile(join(home, 'package-lock.json'), 'utf8')) as LockFile;
  return Object.values(packages).some(({ os, cpu }) => os !== undefined || cpu !== undefined);
}
