/** Major, minor and patch level. */
export type Version = readonly [major: number, minor: number, patch: number];

/** A hole in git itself that a hostile repository reaches through commands that this server runs. */
export interface Hole {
  readonly id: string;
  readonly what: string;
  /** The first release of each line that has it closed; later lines have it too. */
  readonly closedIn: readonly Version[];
}

/** The oldest git that has what every command needs: GIT_CONFIG_GLOBAL, and --end-of-options everywhere. */
export const OLDEST: Version = [2, 34, 0];

/**
 * Holes of versions that are not too old anyway. Those of clone with submodules (CVE-2024-32002, CVE-2025-48384), of bundle URIs
 * (CVE-2025-48385), of git apply, gitk, git gui and credential prompts are not here: no command of this server goes there.
 */
export const HOLES: readonly Hole[] = [
  {
    id: 'CVE-2022-23521 and CVE-2022-41903',
    what: '.gitattributes of a repository can overwrite memory',
    closedIn: [
      [2, 34, 6],
      [2, 35, 6],
      [2, 36, 4],
      [2, 37, 5],
      [2, 38, 3],
      [2, 39, 1],
    ],
  },
];

/** The holes that a version has. */
export function holesOf(version: Version, holes: readonly Hole[] = HOLES): Hole[] {
  return holes.filter(({ closedIn }) => {
    const line = closedIn.find(([major, minor]) => major === version[0] && minor === version[1]);
    return isBelow(version, line ?? closedIn.at(-1) ?? version);
  });
}

/** Reads `git version 2.39.5 (Apple Git-154)`, `2.50.1.windows.1` and the like. What it cannot read is older than everything. */
export function versionOf(text: string): Version {
  const [, major = '0', minor = '0', patch = '0'] = /(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?/.exec(text) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}

/** Whether a version is older than another. */
export function isBelow(version: Version, than: Version): boolean {
  for (const [index, number] of version.entries()) {
    if (number !== than[index]) return number < (than[index] ?? 0);
  }
  return false;
}

/** `2.39.5` */
export function versionWords(version: Version): string {
  return version.join('.');
}
