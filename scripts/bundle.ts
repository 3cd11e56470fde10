/**
 * Bundles the command of the server package in the current folder: one file that checks Node and turns on the compile cache, and the
 * rest in chunks that it loads after that. A user installs no dependencies, and a start reads a few files instead of hundreds.
 * `*.entry.ts` are processes and workers of their own, and become files beside it. The licences of all that is in it go with it.
 */
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { analyzeMetafile } from 'esbuild';
import { bundle } from './bundle/build.ts';
import { licenceList, thirdParties } from './bundle/third-parties.ts';

const folder = process.cwd();
rmSync('dist', { recursive: true, force: true });
const metafile = await bundle(folder, { write: true });
chmodSync('dist/main.js', 0o755);
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licenceList(thirdParties(metafile, folder)));
if (process.argv.includes('--analyze')) console.log(await analyzeMetafile(metafile));
