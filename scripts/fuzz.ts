/**
 * Runs the property tests of all packages over and over, each time from new seeds, until the minutes have passed or one fails; fast-check then
 * prints the seed that repeats it.
 *
 *   pnpm --filter @touchstone-mcp/scripts fuzz 60
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const minutes = Number(process.argv[2]);
if (!(minutes > 0)) {
  console.error('Usage: node scripts/fuzz.ts MINUTES');
  process.exit(2);
}
const end = performance.now() + minutes * 60_000;
const packages = globSync(join(import.meta.dirname, '..', 'packages', '*'));
const tests = packages
  .map((folder) => ({ folder, files: globSync(join(folder, '{src,test}', '**', '*.test.ts')).filter(hasProperties) }))
  .filter(({ files }) => files.length > 0);

let rounds = 0;
do {
  for (const { folder, files } of tests) run(folder, files);
  rounds++;
} while (performance.now() < end);
console.log(`${rounds} rounds over ${tests.flatMap(({ files }) => files).length} files of property tests: nothing found`);

function hasProperties(file: string): boolean {
  return readFileSync(file, 'utf8').includes("from 'fast-check'");
}

function run(folder: string, files: readonly string[]): void {
  const args = ['exec', 'vitest', 'run', '--typecheck=false', '--reporter=dot', ...files.map((file) => relative(folder, file))];
  const { status } = spawnSync('pnpm', args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
