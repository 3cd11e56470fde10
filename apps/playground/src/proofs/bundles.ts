import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { MCPB } from '../../../bundles/src/bundle.ts';
import { startOf } from '../../../bundles/src/host.ts';
import type { Show } from '../shows/show.ts';
import { toolsOf } from './npx.ts';

/** The bundle of the server, unpacked and started as a host does it. */
export async function* bundleProofs(show: Show, bundle: string, workshop: string): AsyncGenerator<string> {
  const unpacked = join(workshop, '..', 'unpacked');
  await promisify(execFile)(MCPB, ['unpack', bundle, unpacked]);
  const manifest = JSON.parse(await readFile(join(unpacked, 'manifest.json'), 'utf8'));
  const tools = await toolsOf(await startOf(manifest, unpacked, show.filledIn(workshop), 'takes the default'));
  yield `${basename(bundle)}, unpacked and started with what a user must fill in: ${tools} tool(s)`;
}
