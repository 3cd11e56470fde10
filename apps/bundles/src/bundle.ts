import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { install, packageFile } from './install.ts';
import { run } from './run.ts';

const HERE = join(import.meta.dirname, '..');
const PACKAGES = join(HERE, '..', '..', 'packages');

/** The command that makes and reads bundles. */
export const MCPB = join(HERE, 'node_modules', '.bin', 'mcpb');

/** The folders of all servers: of the packages that have a command. */
export async function serverFolders(): Promise<string[]> {
  const folders = (await readdir(PACKAGES)).map((name) => join(PACKAGES, name));
  const files = await Promise.all(folders.map(packageFile));
  return folders.filter((_, index) => files[index]?.bin !== undefined);
}

/**
 * Makes the bundles of all servers in the empty folder `out`, and SHA256SUMS beside them, which `sha256sum --check` reads. The servers have
 * been built and have their manifests. Returns the path of each bundle by the folder of its server.
 */
export async function bundleAll(out: string): Promise<Map<string, string>> {
  const bundles = new Map<string, string>();
  for (const folder of await serverFolders()) bundles.set(folder, await bundle(folder, out));
  const sums = [...bundles.values()].map(async (file) => `${await sha256(file)}  ${basename(file)}\n`);
  await writeFile(join(out, 'SHA256SUMS'), (await Promise.all(sums)).join(''));
  return bundles;
}

/** What npm would install, without what nothing needs, beside the manifest. */
async function bundle(folder: string, out: string): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'touchstone-bundle-'));
  try {
    const root = join(scratch, 'root');
    const manifest = join(root, 'manifest.json');
    await mkdir(root);
    await copyFile(join(folder, 'manifest.json'), manifest);
    await copyFile(join(HERE, '.mcpbignore'), join(root, '.mcpbignore'));
    await run(MCPB, ['validate', manifest], scratch);
    await install(folder, join(root, 'server'), scratch);
    const { version } = await packageFile(folder);
    const file = join(out, `${basename(folder)}-${version}.mcpb`);
    await run(MCPB, ['pack', root, file], scratch);
    return file;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
