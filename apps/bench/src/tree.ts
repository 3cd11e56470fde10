/** The files that the filesystem part works on: the same bytes in every run. */
import { closeSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files in the tree, and directories with the tree itself: 1 + 10 + 100 + 1,000. */
export const FILES = 50_000;
const DIRECTORIES = 1_111;
const EXTENSIONS = ['ts', 'md', 'json', 'txt', 'js', 'py', 'html', 'css', 'yml', 'rs'];
const MATCH_EVERY = 200;
const WORDS = 4;

/** What a search of the tree finds. */
export const FOUND = { markdown: FILES / EXTENSIONS.length, files: FILES / MATCH_EVERY, lines: (WORDS * FILES) / MATCH_EVERY } as const;

/** The word to search for, and a glob of a tenth of the files, among which are all that have it. */
export const WORD = 'quokka';
export const WORD_GLOB = '*.ts';

const LINE_BYTES = 100;
const MANY = 100;
const MANY_LINES = 1_000;

/** Lines of the large file: 100 MB. */
export const LARGE_LINES = 1_000_000;

/** Where everything is. Removed when disposed of, and when the run is interrupted. */
export interface Files extends Disposable {
  folder: string;
  tree: string;
  large: string;
  /** 100 files of 100 KB. */
  many: readonly string[];
}

/** Builds everything under a folder for temporary files. */
export function buildFiles(): Files {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'touchstone-bench-files-')));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const interrupted = () => {
    remove();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const dispose = () => {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    remove();
  };
  try {
    const [tree, large] = [join(folder, 'tree'), join(folder, 'large.txt')];
    writeTree(tree);
    writeLines(large, LARGE_LINES);
    const many = Array.from({ length: MANY }, (_, index) => join(folder, `many-${index}.txt`));
    for (const file of many) writeLines(file, MANY_LINES);
    return { folder, tree, large, many, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

function writeTree(tree: string): void {
  const directories = [tree];
  for (let parent = 0; directories.length < DIRECTORIES; parent++) {
    for (let child = 0; child < 10; child++) directories.push(join(directories[parent] ?? tree, `directory-${child}`));
  }
  for (const directory of directories) mkdirSync(directory);
  for (let file = 0; file < FILES; file++) {
    // 1,111 and 10 have no divisor in common: every directory has some of each kind.
    const name = `file-${String(file).padStart(5, '0')}.${EXTENSIONS[file % EXTENSIONS.length]}`;
    writeFileSync(join(directories[file % DIRECTORIES] ?? tree, name), contentOf(file));
  }
}

/** Up to 2 kB; every two hundredth file has the word, in lines of their own. */
function contentOf(file: number): string {
  const lines = Array.from(
    { length: 1 + ((file * 7_919) % 30) },
    (_, line) => `file ${file}, line ${line}: nothing here but some text to be read`,
  );
  const words = Array.from({ length: file % MATCH_EVERY === 0 ? WORDS : 0 }, (_, word) => `${WORD} ${word} of file ${file}`);
  return `${[...lines, ...words].join('\n')}\n`;
}

/** One line of the long files, by its number from 0. */
export function lineOf(number: number): string {
  return `line ${String(number).padStart(7, '0')} `;
}

function writeLines(file: string, lines: number): void {
  const descriptor = openSync(file, 'w');
  const block = 10_000;
  for (let first = 0; first < lines; first += block) {
    const numbers = Array.from({ length: Math.min(block, lines - first) }, (_, index) => first + index);
    writeSync(descriptor, numbers.map((number) => `${lineOf(number).padEnd(LINE_BYTES - 1, 'abcdefghi ')}\n`).join(''));
  }
  closeSync(descriptor);
}
