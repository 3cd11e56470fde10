/** What is asked of a repository, and by whom. */
import type { GitCommand } from './recorded-git.ts';
import { type BuiltRepository, DIRTY, STORY, STORY_LINES } from './repository.ts';
import type { StdioServer } from './stdio-client.ts';

/** Names by which the ratios find the rows. */
export const GIT = {
  bare: 'git, what the answer needs',
  ours: 'Touchstone git',
  pages: 'Touchstone git, all pages',
  peer: '@cyanheads/git-mcp-server',
} as const;

/** The row of what one of ours runs. */
export const ranBy = (name: string) => `git, as run by ${name}`;

/** What came of one call. */
export interface GitAnswer {
  ms: number;
  bytes: number;
  /** Characters of the text form, which is what a model reads. */
  text: number;
  /** Files, commits or lines that are told. */
  items: number;
}

/** Somebody's way to an answer: with calls of a server, or by git itself. */
export type GitWay = { name: string } & (
  | { server: 'ours' | 'peer'; run: (server: StdioServer) => Promise<GitAnswer[]> }
  | { git: readonly GitCommand[] }
);

/** A kind of work. */
export interface GitWork {
  id: string;
  title: string;
  ways: GitWay[];
}

type Structure = Record<string, unknown>;

/** All kinds of work. What ours answers is checked, every time; what the peer answers is counted. */
export function gitWorks({ path, commits, files, changed }: BuiltRepository): GitWork[] {
  const status = (counted: Structure) => Object.values(counted['counts'] as Record<string, number>).reduce((sum, each) => sum + each, 0);
  const log = (page: Structure) => lengthOf(page['commits']);
  const blame = (page: Structure) => (page['groups'] as { lines: unknown[] }[]).reduce((sum, { lines }) => sum + lines.length, 0);
  const stat = (page: Structure) => lengthOf(page['files']);
  const blamed = { name: 'git_blame', arguments: { path: STORY } };
  const compared = { name: 'git_diff', arguments: { target: 'main..wide', output: 'stat' } };
  const format = '--format=%H%x00%P%x00%an%x00%ae%x00%aI%x00%B';
  return [
    {
      id: 'status',
      title: `status of ${files} files`,
      ways: [
        { name: GIT.bare, git: [{ args: ['status', '--porcelain=v2', '--branch', '-z'] }] },
        ours(GIT.ours, (server) => once(server, { name: 'git_status', arguments: {} }, status, 3 * DIRTY)),
        peer((server) => once(server, { name: 'git_status', arguments: { path } }, pathsIn, 3 * DIRTY)),
      ],
    },
    {
      id: 'log',
      title: `log, 100 of ${commits} commits`,
      ways: [
        { name: GIT.bare, git: [{ args: ['log', '-z', '--max-count=100', format] }] },
        ours(GIT.ours, (server) => once(server, { name: 'git_log', arguments: { max_count: 100 } }, log, 100)),
        peer((server) => once(server, { name: 'git_log', arguments: { path, maxCount: 100 } }, log, 100)),
      ],
    },
    {
      id: 'blame',
      title: `blame of ${STORY_LINES} lines`,
      ways: [
        { name: GIT.bare, git: [{ args: ['blame', '--porcelain', 'HEAD', '--', STORY] }] },
        ours(GIT.ours, (server) => once(server, blamed, blame)),
        ours(GIT.pages, (server) => pages(server, blamed, blame, STORY_LINES)),
        peer((server) => once(server, { name: 'git_blame', arguments: { path, filePath: STORY } }, ({ lines }) => lengthOf(lines))),
      ],
    },
    {
      id: 'stat',
      title: `diff stat of ${changed} files`,
      ways: [
        { name: GIT.bare, git: [{ args: ['diff', '--numstat', '-z', 'main', 'wide'] }] },
        ours(GIT.ours, (server) => once(server, compared, stat)),
        ours(GIT.pages, (server) => pages(server, compared, stat, changed)),
        peer((server) =>
          once(
            server,
            { name: 'git_diff', arguments: { path, source: 'main', target: 'wide', stat: true } },
            ({ filesChanged }) => Number(filesChanged),
            changed,
          ),
        ),
      ],
    },
  ];
}

function ours(name: string, run: (server: StdioServer) => Promise<GitAnswer[]>): GitWay {
  return { name, server: 'ours', run };
}

function peer(run: (server: StdioServer) => Promise<GitAnswer[]>): GitWay {
  return { name: GIT.peer, server: 'peer', run };
}

interface Call {
  name: string;
  arguments: object;
}

async function once(server: StdioServer, call: Call, count: (told: Structure) => number, expected?: number): Promise<GitAnswer[]> {
  const { answer } = await ask(server, call, count);
  if (expected !== undefined && answer.items !== expected) throw new Error(`${call.name} told ${answer.items}, not ${expected}`);
  return [answer];
}

/** Goes on by cursor to the end, where so many must have been told. */
async function pages(server: StdioServer, call: Call, count: (told: Structure) => number, expected: number): Promise<GitAnswer[]> {
  const answers: GitAnswer[] = [];
  let cursor: unknown;
  do {
    const { answer, told } = await ask(server, { ...call, arguments: { ...call.arguments, cursor } }, count);
    answers.push(answer);
    cursor = told['nextCursor'];
  } while (cursor !== undefined);
  const items = answers.reduce((sum, answer) => sum + answer.items, 0);
  if (items !== expected) throw new Error(`${call.name} told ${items} in all, not ${expected}`);
  return answers;
}

async function ask(server: StdioServer, call: Call, count: (told: Structure) => number): Promise<{ answer: GitAnswer; told: Structure }> {
  const sent = performance.now();
  const result = await server.request('tools/call', call);
  const ms = performance.now() - sent;
  const told = result['structuredContent'] as Structure;
  const text = (result['content'] as { text: string }[])[0]?.text ?? '';
  const answer = { ms, bytes: Buffer.byteLength(JSON.stringify(result)), text: text.length, items: count(told) };
  if (answer.items === 0) throw new Error(`${call.name} told nothing`);
  return { answer, told };
}

/** The names that stand in lists, however they are arranged. */
function pathsIn(told: unknown): number {
  if (Array.isArray(told)) return told.length;
  if (typeof told !== 'object' || told === null) return 0;
  return Object.values(told).reduce<number>((sum, each) => sum + pathsIn(each), 0);
}

function lengthOf(list: unknown): number {
  return (list as unknown[]).length;
}
