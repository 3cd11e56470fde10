import { verdictOf } from './changes.ts';
import type { PackageDiff } from './snapshots.ts';

/** One package, and whether a changeset or the label says that what breaks is meant to. */
export interface Judged extends PackageDiff {
  packageName: string;
  version: string;
  meant: boolean;
}

/** What the reviewers of a pull request read, in Markdown. Names and values come from the pull request, and are shown as text. */
export function reportOf(packages: readonly Judged[]): string {
  const changed = packages.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) return '## Wire diff\n\nNo tool, prompt or resource template has changed.\n';
  return ['## Wire diff', ...changed.map(sectionOf)].join('\n\n').concat('\n');
}

/** Whether something breaks that nobody says is meant to. */
export function isRefused({ changes, meant }: Judged): boolean {
  return verdictOf(changes) === 'breaking' && !meant;
}

function sectionOf(judged: Judged): string {
  const { packageName, version, changes } = judged;
  const sorted = changes.toSorted((a, b) => Number(b.breaking) - Number(a.breaking));
  return [
    `### ${packageName} ${version}: ${verdictOf(changes)}`,
    '',
    ...(isRefused(judged) ? [`${adviceOf(judged)}\n`] : []),
    '| | what | change | in |',
    '| --- | --- | --- | --- |',
    ...sorted.map(({ name, text, breaking, lists }) => {
      const cells = [breaking ? '**breaking**' : 'compatible', cell(name), cell(text), cell(lists.join(', '))];
      return `| ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}

function adviceOf({ packageName, version }: Judged): string {
  const bump = version.startsWith('0.') ? 'a minor bump whose note has a line that begins with "Breaking: "' : 'a major bump';
  return [
    `This breaks those who use it. Deprecate it instead (docs/deprecation.md), or say that it is meant: add a changeset for ${packageName} with`,
    `${bump}, or have a maintainer add the label \`breaking-change\`.`,
  ].join(' ');
}

/** Neither the end of a cell, nor a link, a mention or HTML. */
function cell(text: string): string {
  return text.replace(/[\\`[\]<|&@]/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll(/\s+/g, ' ');
}
