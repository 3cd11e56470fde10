import { parseChangesetFile } from '@changesets/parse';

/** How a note begins that tells users of a breaking change before version 1.0.0, where no bump can say so. */
const BEFORE_ONE = /^Breaking: /m;

/** Whether one of these changesets says that a change to the package may break those who use it. */
export function isMeant(changesets: readonly string[], packageName: string, version: string): boolean {
  return changesets.map(parseChangesetFile).some(({ summary, releases }) => {
    const bump = releases.find(({ name }) => name === packageName)?.type;
    return bump === 'major' || (bump === 'minor' && version.startsWith('0.') && BEFORE_ONE.test(summary));
  });
}
