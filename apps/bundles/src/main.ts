/** Makes the bundles of all servers in `out`, and says what they weigh and what their SHA-256 is. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleAll, MCPB } from './bundle.ts';
import { run } from './run.ts';

const out = join(import.meta.dirname, '..', 'out');
await rm(out, { recursive: true, force: true });
await mkdir(out);
const bundles = await bundleAll(out);
for (const file of bundles.values()) console.log(await run(MCPB, ['info', file], out));
console.log(await readFile(join(out, 'SHA256SUMS'), 'utf8'));
