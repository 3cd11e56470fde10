import { distance } from 'fastest-levenshtein';

/** Longest part of a line that is compared, and most time to read all lines, and then to compare them. */
const MAX_COMPARED = 200;
const MAX_MS = 100;
/** The share of a line that may differ in what is still called near. */
const NEAR = 0.5;
const MAX_NAMED = 3;

/** Says in a sentence where a text that was not found may have been meant: where only white space differs, else the lines most like its first. */
export function nearestLines(text: string, wanted: string): string | undefined {
  const lines = text.split('\n');
  const sought = wanted.split('\n').map(collapse);
  while (sought[0] === '') sought.shift();
  while (sought.at(-1) === '') sought.pop();
  const [first] = sought;
  if (first === undefined) return undefined;
  const collapsed = collapseAll(lines, performance.now() + MAX_MS);
  const same = collapsed.findIndex((line, index) => line === first && sought.every((other, offset) => collapsed[index + offset] === other));
  if (same !== -1) {
    const last = same + sought.length;
    return `With other white space it stands at ${last === same + 1 ? `line ${last}` : `lines ${same + 1} to ${last}`}.`;
  }
  const near = mostAlike(collapsed, first.slice(0, MAX_COMPARED), performance.now() + MAX_MS);
  if (near.length === 0) return undefined;
  return `Most alike: ${near.map((index) => `line ${index + 1}: ${JSON.stringify(lines[index]?.slice(0, MAX_COMPARED))}`).join('; ')}.`;
}

function mostAlike(lines: readonly string[], wanted: string, deadline: number): number[] {
  const found: { index: number; difference: number }[] = [];
  for (const [index, line] of lines.entries()) {
    if (index % 100 === 0 && performance.now() > deadline) break;
    if (line === '') continue;
    const compared = line.slice(0, MAX_COMPARED);
    const longer = Math.max(compared.length, wanted.length);
    // No need to compare what the lengths alone tell apart.
    if (Math.abs(compared.length - wanted.length) > NEAR * longer) continue;
    const difference = distance(compared, wanted) / longer;
    if (difference <= NEAR) found.push({ index, difference });
  }
  return found
    .sort((left, right) => left.difference - right.difference)
    .slice(0, MAX_NAMED)
    .map(({ index }) => index);
}

function collapseAll(lines: readonly string[], deadline: number): string[] {
  const collapsed: string[] = [];
  for (const line of lines) {
    if (collapsed.length % 1_000 === 0 && performance.now() > deadline) break;
    collapsed.push(collapse(line.slice(0, 10 * MAX_COMPARED)));
  }
  return collapsed;
}

function collapse(line: string): string {
  return line.trim().replace(/\s+/g, ' ');
}
