import type { PlatformPath } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { fitsPieces } from './glob-name.ts';
import { type RootPath, segmentsOf } from './path.ts';

/** What the operator allows to be written. */
export interface WriteRules {
  /** Directories that may be written, and those below which nothing may. The one that is nearer to a path decides. */
  readonly writable: readonly RootPath[];
  readonly readOnly: readonly RootPath[];
  /** Names that are protected wherever they stand below a root, with everything below them: see `parsePattern`. */
  readonly denyWrite: readonly string[];
  readonly platform: PlatformPath;
}

/** A path by the names that the disk has for it. */
export interface RealPath {
  readonly root: RootPath;
  readonly names: readonly string[];
}

/** Why something may not be written, in words for the model: what it meets, and the setting that says so. */
export interface Objection {
  readonly reason: string;
  readonly setting: 'readOnlyDir' | 'denyWrite';
}

/** Decides, on names alone, what may be written. Links must have been followed before. */
export interface WritePolicy {
  /** What stands against writing at this path. */
  objection(target: RealPath): Objection | undefined;
  /** The same for a whole tree that is moved or deleted: what may be below it counts, such as a root or a read-only directory. */
  wholeObjection(target: RealPath): Objection | undefined;
}

/**
 * Files that programs run or obey without being asked: hooks and configuration of git and other version control, secrets and hooks of
 * environments, configuration of editors and MCP clients (each can start a program), of shells, of package tools, and keys.
 */
export const PROTECTED_NAMES: readonly string[] = [
  '.git .gitconfig .gitmodules .config/git .husky .hg .svn .jj',
  '.env* .ssh .gnupg .aws .kube .netrc .npmrc .yarnrc* .pypirc',
  '.mcp.json mcp.json claude_desktop_config.json .claude .claude.json .cursor .windsurf .codeium .codex .gemini .continue .roo .kiro .amazonq',
  '.vscode *.code-workspace .idea .zed .devcontainer*',
  '.bash* .profile .zsh* .zprofile .zlogin .zlogout .kshrc .cshrc .tcshrc .login .logout .inputrc .config/fish profile.ps1 *_profile.ps1',
  '.xprofile .xinitrc .xsession* .pam_environment .config/autostart .config/systemd .config/environment.d LaunchAgents LaunchDaemons',
].flatMap((names) => names.split(' '));

/** Makes a policy. A pattern that cannot be used is a ToolError for the operator that names it. */
export function writePolicy({ writable, readOnly, denyWrite, platform }: WriteRules): WritePolicy {
  const patterns = denyWrite.map((text) => ({ text, names: parsePattern(text) }));
  const open = writable.map((root) => foldedSegments(root.real, platform));
  const closed = readOnly.map((root) => foldedSegments(root.real, platform));
  const segments = ({ root, names }: RealPath) => [...foldedSegments(root.real, platform), ...names.map(fold)];
  return {
    objection(target) {
      const here = segments(target);
      // Of two that are equally near, the stricter.
      if (nearest(closed, here) > 0 && nearest(closed, here) >= nearest(open, here)) {
        return { reason: 'it is in a read-only directory', setting: 'readOnlyDir' };
      }
      const names = target.names.map(fold);
      if (platform.sep === '\\' && names.some(isShortName)) {
        return { reason: 'it has a short name, which may stand for a protected one', setting: 'denyWrite' };
      }
      const met = patterns.find(({ names: pattern }) => meets(names, pattern));
      return met && { reason: `names like ${met.text} are protected`, setting: 'denyWrite' };
    },
    wholeObjection(target) {
      const here = segments(target);
      const inside = [...open, ...closed].some((directory) => here.every((segment, index) => directory[index] === segment));
      if (inside) return { reason: 'an allowed or read-only directory is in it', setting: 'readOnlyDir' };
      // Moved away as a part of `.config`, written there and moved back, `.config/fish` would not be protected.
      const names = target.names.map(fold);
      const met = patterns.find(({ names: pattern }) => endsWithStart(names, pattern));
      return met ? { reason: `names like ${met.text} are protected`, setting: 'denyWrite' } : this.objection(target);
    },
  };
}

/**
 * Reads a pattern as names that follow each other, at any depth, each with `*` for any characters: `.env*`, `.config/fish`. What is below
 * is always meant as well, so two stars at either end change nothing.
 */
export function parsePattern(text: string): readonly string[] {
  const names = text.replace(/^(?:\*\*\/)+|(?:\/(?:\*\*)?)+$/g, '').split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..' || name.includes('**'))) {
    throw new ToolError('invalid_input', `Cannot use the pattern ${JSON.stringify(text)} in denyWrite`, {
      hint: 'Give names such as .git, .env* or .config/fish.',
    });
  }
  return names.map(fold);
}

/**
 * A name as the most forgiving disk would read it: no case, one Unicode form, without the characters that HFS+ skips (CVE-2014-9390) and
 * the dots and spaces at the end that FAT drops, and `git~1` as the `.git` that Windows may mean by it. It is applied everywhere: such a
 * disk can be mounted under any system.
 */
function fold(name: string): string {
  const folded = name
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC')
    .replace(/[. ]+$/, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase();
  return /^git~\d+$/.test(folded) ? '.git' : folded;
}

function foldedSegments(absolute: string, platform: PlatformPath): readonly string[] {
  return segmentsOf(absolute, platform).map(fold);
}

/** How many segments the nearest directory around a path has; 0 for none. */
function nearest(directories: readonly (readonly string[])[], segments: readonly string[]): number {
  const around = directories.filter((directory) => directory.every((segment, index) => segments[index] === segment));
  return Math.max(0, ...around.map((directory) => directory.length));
}

function meets(names: readonly string[], pattern: readonly string[]): boolean {
  return names.some((_, start) => pattern.every((wanted, offset) => matches(names[start + offset], wanted)));
}

/** Whether names end in the first ones of a pattern, so that a name below them may complete it. */
function endsWithStart(names: readonly string[], pattern: readonly string[]): boolean {
  return pattern.slice(1).some((_, index) => {
    const tail = names.slice(-(index + 1));
    return tail.length === index + 1 && tail.every((name, offset) => matches(name, pattern[offset] ?? ''));
  });
}

function matches(name: string | undefined, pattern: string): boolean {
  if (name === undefined) return false;
  const pieces = pattern.split('*');
  return fitsPieces(name, pieces) || (name.includes(':') && fitsPieces(withoutStream(name), pieces));
}

/** The file or directory that NTFS means by the name of one of its streams: `.git::$INDEX_ALLOCATION` is `.git`. */
function withoutStream(name: string): string {
  return name.slice(0, name.indexOf(':')).replace(/[. ]+$/, '');
}

/** `PROGRA~1`, `MCP~1.JSO`: names that Windows makes up for longer ones. */
function isShortName(name: string): boolean {
  return /^[^.~]{1,6}~\d{1,6}(?:\.[^.]{1,3})?$/.test(name);
}
