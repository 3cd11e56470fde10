import type { PlatformPath } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { windowsNameFault, windowsPathFault } from './path-windows.ts';
import { foldSpelling } from './spelling.ts';

const MAX_PATH_CHARACTERS = 4096;
const MAX_NAME_LENGTH = 255;
/** A walk holds a descriptor for each. */
const MAX_NAMES = 500;

/** An allowed directory: as the operator wrote it (made absolute), and as the disk calls it. */
export interface RootPath {
  readonly path: string;
  readonly real: string;
}

/** A place below a root, as text: nothing is known yet about the disk. `..` may be among the components, `.` never is. */
export interface Location<Root> {
  readonly root: Root;
  readonly components: readonly string[];
}

/** What the reading of a path depends on. `platform` is `path.posix` or `path.win32`, so that both can be tested anywhere. */
export interface PathRules {
  readonly home: string;
  readonly platform: PlatformPath;
}

/** Reads a requested path as a location below one of the roots without touching the disk; anything else is a ToolError. */
export function splitPath<Root extends RootPath>(requested: string, roots: readonly Root[], rules: PathRules): Location<Root> {
  const fault = textFault(requested, rules.platform);
  if (fault !== undefined) throw new ToolError('invalid_input', `${fault}: ${visibleName(requested.slice(0, MAX_PATH_CHARACTERS))}`);
  const text = expandHome(requested, rules);
  const location = rules.platform.isAbsolute(text)
    ? locateRequested(segmentsOf(text, rules.platform), roots, rules.platform)
    : { root: roots[0], components: namesOf(text, rules.platform) };
  if (location?.root === undefined) throw outsideRoots(requested, roots);
  return { root: location.root, components: location.components };
}

/** A root that the disk spells in another Unicode form is meant as well, if no root is spelled like that. */
function locateRequested<Root extends RootPath>(
  segments: readonly string[],
  roots: readonly Root[],
  platform: PlatformPath,
): Location<Root> | undefined {
  const exact = locate(segments, roots, platform);
  if (exact !== undefined) return exact;
  const folded = roots.map((root) => ({ root, path: foldSpelling(root.path), real: foldSpelling(root.real) }));
  const found = locate(segments.map(foldSpelling), folded, platform);
  return found && { root: found.root.root, components: segments.slice(segments.length - found.components.length) };
}

/** The refusal of whatever is not below a root. It names the requested path only, so it says nothing about what exists outside. */
export function outsideRoots(requested: string, roots: readonly RootPath[]): ToolError {
  const allowed = roots.map((root) => visibleName(root.path)).join(', ');
  return new ToolError('denied', `Path is outside the allowed directories: ${visibleName(requested)}`, { hint: `Allowed: ${allowed}` });
}

/** `~` and `~/x` in full, other text as it is: `~user`, `%2e`, `$HOME` and `file:` mean nothing here, so they hide nothing. */
export function expandHome(text: string, { home, platform }: PathRules): string {
  const rest = text.slice(1);
  return text.startsWith('~') && (rest === '' || rest.startsWith('/') || rest.startsWith(platform.sep)) ? home + rest : text;
}

/** The root that holds an absolute path, the longest where several do. By segments, because `/a/root-evil` is not in `/a/root`. */
export function locate<Root extends RootPath>(
  segments: readonly string[],
  roots: readonly Root[],
  platform: PlatformPath,
): Location<Root> | undefined {
  const same = sameSegment(platform);
  const matches = roots.flatMap((root) =>
    [root.path, root.real]
      .map((spelling) => segmentsOf(spelling, platform))
      .filter((prefix) => prefix.every((segment, index) => same(segment, segments[index])))
      .map((prefix) => ({ root, components: segments.slice(prefix.length) })),
  );
  return matches.reduce<Location<Root> | undefined>(
    (best, match) => (best === undefined || match.components.length < best.components.length ? match : best),
    undefined,
  );
}

/** Whether a root, in either spelling, is a directory or lies in it. By segments, like `locate`. */
export function isWithin(root: RootPath, directory: string, platform: PlatformPath): boolean {
  const around = [{ path: directory, real: directory }];
  return [root.path, root.real].some((spelling) => locate(segmentsOf(spelling, platform), around, platform) !== undefined);
}

/** An absolute path as the name of its volume (empty on POSIX) followed by its names. */
export function segmentsOf(absolute: string, platform: PlatformPath): readonly string[] {
  const volume = platform.parse(absolute).root;
  return [volume.replaceAll('/', platform.sep).replace(/[\\/]$/, ''), ...namesOf(absolute.slice(volume.length), platform)];
}

/** The names in a path, without empty ones and `.`. `..` stays: only the disk knows what is above a symbolic link. */
export function namesOf(text: string, platform: PlatformPath): readonly string[] {
  return text.split(platform.sep === '/' ? '/' : /[\\/]/).filter((name) => name !== '' && name !== '.');
}

/** Why a path cannot be used whatever the disk holds, if it cannot. */
export function textFault(text: string, platform: PlatformPath): string | undefined {
  if (text.trim() === '') return 'The path is empty';
  if (text.length > MAX_PATH_CHARACTERS) return `The path is longer than ${MAX_PATH_CHARACTERS} characters`;
  if (text.includes('\0')) return 'The path has a NUL character';
  // Node would write U+FFFD in its place, and so name another file.
  if (!text.isWellFormed()) return 'The path has half of a surrogate pair';
  const windows = platform.sep === '\\';
  const names = namesOf(text.slice(platform.parse(text).root.length), platform);
  if (names.length > MAX_NAMES) return `The path has more than ${MAX_NAMES} names`;
  const length = windows ? (name: string) => name.length : (name: string) => Buffer.byteLength(name);
  if (names.some((name) => length(name) > MAX_NAME_LENGTH)) return `The path has a name longer than ${MAX_NAME_LENGTH} bytes`;
  if (!windows) return undefined;
  return (
    windowsPathFault(text) ??
    names.filter((name) => name !== '..').reduce<string | undefined>((fault, name) => fault ?? windowsNameFault(name), undefined)
  );
}

/** How a location is shown: below the root as the operator wrote it, by the names that were requested. */
export function displayPath({ root, components }: Location<RootPath>, platform: PlatformPath): string {
  // Not `join`: it would fold `link/..` into nothing, which is another directory.
  return components.length === 0 ? root.path : [root.path.replace(/[\\/]$/, ''), ...components].join(platform.sep);
}

function sameSegment(platform: PlatformPath): (left: string, right: string | undefined) => boolean {
  if (platform.sep === '/') return (left, right) => left === right;
  return (left, right) => left.toLowerCase() === right?.toLowerCase();
}
