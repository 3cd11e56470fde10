import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@touchstone-mcp/core/testing';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const temporary = temporaryDirectory();
afterAll(() => temporary[Symbol.dispose]());

const NAMES = [
  'a',
  'b.ts',
  'd',
  'new\nline',
  'q"uote',
  'tab\there',
  '--\nx',
  '-dash',
  '\ndiff --git a/x b/x',
  ':(top)x',
  '*',
  'x b/x',
  'cr\rx',
  'ü',
];
const name = fc.constantFrom(...NAMES, ...NAMES.map((each) => `d/${each}`));
const line = fc.constantFrom(
  'one',
  'two',
  'diff --git a/x b/x',
  '\rdiff --git a/x b/x',
  '\u2028diff --git a/x b/x',
  '--- a/x',
  '@@ -1 +1 @@',
  '\\',
  '',
  'x'.repeat(300),
);
const content = fc.tuple(fc.array(line, { maxLength: 30 }), fc.constantFrom('', '\n')).map(([lines, end]) => lines.join('\n') + end);
const tree = fc.dictionary(name, content, { maxKeys: 10 }).map((files) => {
  // A name is a file or a directory.
  const below = Object.keys(files).some((path) => path.startsWith('d/'));
  return below ? Object.fromEntries(Object.entries(files).filter(([path]) => path !== 'd')) : files;
});

interface Page {
  patches: { path: string; text: string }[];
  nextCursor?: string;
}

test('whatever differs, the pages of patches are what git writes, and each is that of its path', { timeout: 120_000 }, async () => {
  const path = join(temporary.path, 'repository');
  layRepository(path, []);
  await using client = await connect(server, { repositories: [path], maxResultChars: 2_000 });
  await fc.assert(
    fc.asyncProperty(tree, tree, async (before, after) => {
      const [from, to] = [before, after].map((files) => commitOf(path, files));
      const expected = plainGit(path, ['-c', 'core.quotePath=false', 'diff', '--no-color', '--find-renames', `${from}`, `${to}`]);
      const paths = plainGit(path, ['diff', '--name-only', '--find-renames', '-z', `${from}`, `${to}`])
        .split('\0')
        .slice(0, -1);
      const patches: Page['patches'] = [];
      let cursor: string | undefined;
      do {
        const args = { target: `${from}..${to}`, output: 'patch', ...(cursor === undefined ? {} : { cursor }) };
        const answer = await client.callTool('git_diff', args);
        expect(answer.isError, JSON.stringify(answer.content)).toBeUndefined();
        const page = answer.structuredContent as unknown as Page;
        for (const { path: of, text } of page.patches) {
          const last = patches.at(-1);
          if (last?.path === of) last.text += `\n${text}`;
          else patches.push({ path: of, text });
        }
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(patches.map(({ path: of }) => of)).toEqual(paths.map(visible));
      expect(patches.map(({ text }) => `${text}\n`).join('')).toBe(visible(expected));
    }),
    { numRuns: 60 },
  );
});

/** As core makes an answer visible. */
function visible(text: string): string {
  return text.replaceAll('\u2028', '\\u{2028}');
}

function commitOf(path: string, files: Record<string, string>): string {
  plainGit(path, ['rm', '-r', '--quiet', '--force', '--cached', '--ignore-unmatch', '.']);
  for (const entry of ['d', ...NAMES]) rmSync(join(path, entry), { recursive: true, force: true });
  layFiles(path, files);
  plainGit(path, ['add', '--all']);
  return plainGit(path, ['commit-tree', plainGit(path, ['write-tree']).trim(), '-m', 'tree']).trim();
}

test('more renames than git looks for: what a batch of files would pair is not paired', { timeout: 60_000 }, async () => {
  const path = join(temporary.path, 'renames');
  const text = (index: number) => Array.from({ length: 12 }, (_, line) => `file ${index} line ${line}\n`).join('');
  const files = Array.from({ length: 1_100 }, (_, index) => [`old/${index}`, text(index)] as const);
  layRepository(path, [{ files: Object.fromEntries(files), message: 'one' }]);
  for (const [old] of files) rmSync(join(path, old));
  layFiles(path, Object.fromEntries(files.map(([, said], index) => [`new/${index}-x`, `${said}more\n`])));
  writeFileSync(join(path, 'old-0'), 'x\n');
  plainGit(path, ['add', '--all']);
  await using client = await connect(server, { repositories: [path], maxResultChars: 20_000 });
  const { structuredContent } = await client.callTool('git_diff_staged', { output: 'patch' });
  const { patches } = structuredContent as unknown as Page;
  expect(patches.length).toBeGreaterThan(5);
  for (const { path: of, text: said } of patches) expect(said).toContain(`diff --git a/${of} b/${of}\n`);
});
