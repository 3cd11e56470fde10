import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { docker } from './docker.ts';

const run = promisify(execFile);

/** What a package says of itself, as far as its image repeats it. */
export interface PackageFile {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly mcpName: string;
}

/** An image that was built, and the package that is in it. */
export interface Built {
  readonly tag: string;
  readonly bytes: number;
  readonly package: PackageFile;
}

/** Where this machine has the base images that it cannot pull (.ci/images.sh): `localhost`. */
const PREFIX = process.env['TOUCHSTONE_IMAGE_PREFIX'];

/** Packs the server package in `folder`, which has been built, and makes its image of the tarball. */
export async function build(folder: string, tag: string): Promise<Built> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageFile;
  const context = await mkdtemp(join(tmpdir(), 'touchstone-image-'));
  try {
    await run('pnpm', ['pack', '--out', join(context, 'package.tgz')], { cwd: folder });
    const file = join(context, 'Containerfile');
    await writeFile(file, fromPrefix(await readFile(join(folder, 'Containerfile'), 'utf8')));
    await docker('build', '--file', file, '--build-arg', `VERSION=${manifest.version}`, '--tag', tag, context);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
  return { tag, bytes: Number(await docker('image', 'inspect', '--format', '{{.Size}}', tag)), package: manifest };
}

/** Stages have no tag, images have one. */
function fromPrefix(containerfile: string): string {
  return PREFIX === undefined ? containerfile : containerfile.replaceAll(/^FROM (?=\S+:)/gm, `FROM ${PREFIX}/`);
}
