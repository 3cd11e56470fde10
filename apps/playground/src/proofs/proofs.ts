import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Installed } from '../install.ts';
import type { Show } from '../shows/show.ts';
import { bundleProofs } from './bundles.ts';
import { inspectorProofs } from './inspector.ts';
import { npxProofs } from './npx.ts';
import { readmeProofs } from './readme.ts';

/** Everything that a user may start the packed server by. Each line says what was seen; what is not as it should be is thrown. */
export async function* proofs(show: Show, installed: Installed, bundle: string, workshop: string): AsyncGenerator<string> {
  const home = join(workshop, '..', 'home');
  await mkdir(home);
  yield* npxProofs(show, installed, workshop, home);
  yield* readmeProofs(show, installed, workshop, home);
  yield* bundleProofs(show, bundle, workshop);
  yield* inspectorProofs(show, installed, workshop, home);
}
