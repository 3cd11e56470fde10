import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const REPOSITORY = /https:\/\/github\.com\/touchstone-mcp\/touchstone\/(?:blob|tree)\/main\/([^\s"')#]+)(?:#([\w-]+))?/g;
const LINK = /\]\((?!https?:)([^\s)#]*)(?:#([^\s)]+))?\)/g;
/** A path of ours in prose: `docs/releases.md`. Patterns and placeholders are none. */
const NAMED = /`((?:\.github|\.ci|apps|docs|examples|packages|scripts)\/[\w./-]+)`/g;
const HEADING = /^#+ +(.+)$/gm;

/**
 * What a text of the repository points to and is not there: links, their anchors, URLs of our own repository, and paths that prose names.
 * `path` is where the text stands, from `root`.
 */
export function brokenLinks(root: string, path: string, text: string): string[] {
  const prose = withoutCode(text);
  const targets = [
    ...[...prose.matchAll(LINK)].map(([, to = '', anchor]) => ({ to: to === '' ? path : join(dirname(path), to), anchor })),
    ...[...text.matchAll(REPOSITORY)].map(([, to = '', anchor]) => ({ to, anchor })),
    ...[...prose.matchAll(NAMED)].map(([, to = '']) => ({ to, anchor: undefined })),
  ];
  const broken = targets.filter(
    ({ to, anchor }) => !existsSync(join(root, to)) || (anchor !== undefined && !anchorsIn(root, to).has(anchor)),
  );
  return broken.map(({ to, anchor }) => `${path} points to ${to}${anchor === undefined ? '' : `#${anchor}`}, which is not there`);
}

/** The anchors that GitHub makes of the headings in a file, or in the README of a folder. */
function anchorsIn(root: string, path: string): Set<string> {
  const file = join(root, path);
  const text = readFileSync(statSync(file).isDirectory() ? join(file, 'README.md') : file, 'utf8');
  return new Set([...withoutCode(text).matchAll(HEADING)].map(([, heading = '']) => anchorOf(heading)));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '');
}
