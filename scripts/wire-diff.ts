/**
 * What clients see of the servers, before and after: compares the contract snapshots of a git revision with those of another, or of the working
 * tree, and prints the differences in Markdown. Ends with 1 where something breaks that no changeset since then says is meant to.
 *
 *   node scripts/wire-diff.ts origin/main [HEAD]
 *
 * TOUCHSTONE_BREAKING_IS_MEANT=true lets everything pass: the label `breaking-change` of a pull request.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { isMeant } from './wire/meant.ts';
import { isRefused, reportOf } from './wire/report.ts';
import { comparePackages, type Tree } from './wire/snapshots.ts';

const CHANGESET = /^\.changeset\/(?!README\.md$)[^/]+\.md$/;

const [baseName, headName] = process.argv.slice(2);
if (baseName === undefined) {
  console.error('Usage: node scripts/wire-diff.ts BASE [HEAD]: git revisions, such as origin/main. Without HEAD, the working tree.');
  process.exit(2);
}
const base = treeOf(baseName);
const head = headName === undefined ? workingTree() : treeOf(headName);
const said = new Set(base.paths.filter((path) => CHANGESET.test(path)).map((path) => base.read(path)));
const changesets = head.paths
  .filter((path) => CHANGESET.test(path))
  .map((path) => head.read(path))
  .filter((text) => !said.has(text));
const allIsMeant = process.env['TOUCHSTONE_BREAKING_IS_MEANT'] === 'true';

const judged = comparePackages(base, head).map((diff) => {
  // As it was: a release in between may have emptied the changesets and raised the version.
  const { name, version } = JSON.parse(base.read(`packages/${diff.folder}/package.json`));
  return { ...diff, packageName: name, version, meant: allIsMeant || isMeant(changesets, name, version) };
});
console.log(reportOf(judged));
if (judged.some(isRefused)) process.exitCode = 1;

function treeOf(name: string): Tree {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    console.error(`There is no revision ${JSON.stringify(name)} here. Fetch it first, such as by: git fetch origin main`);
    process.exit(2);
  }
  const revision = stdout.trim();
  return {
    paths: git('ls-tree', '-r', '--name-only', '-z', revision, 'packages', '.changeset').split('\0'),
    read: (path) => git('show', `${revision}:${path}`),
  };
}

function workingTree(): Tree {
  return {
    paths: globSync(['packages/*/test/contract/*.json', '.changeset/*.md']).map((path) => path.replaceAll(sep, '/')),
    read: (path) => readFileSync(path, 'utf8'),
  };
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
