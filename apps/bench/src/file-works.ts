/** What is done with the files, and by whom. */
import { type Call, type CountedServer, type Exchange, type Reply, resultOf } from './counting-client.ts';
import { FILES as COUNT, type Files, FOUND, LARGE_LINES, lineOf, WORD, WORD_GLOB } from './tree.ts';

/** Names by which the ratios find the rows. */
export const FILES = {
  first: 'Touchstone, first page',
  all: 'Touchstone, all pages',
  official: '@modelcontextprotocol/server-filesystem',
  lines: 'Touchstone, first 100 lines',
  linePages: 'Touchstone, all lines, pages of 100',
  count: 'Touchstone, lines per file',
  globCount: 'Touchstone, lines per file, glob',
  rgLines: 'rg, all lines',
  rgCount: 'rg --count',
  rgGlobCount: 'rg --count --glob',
} as const;

/** Somebody's way to do a kind of work: with calls of a server, or by one run of rg, of which the output is looked at. */
export type Way = { name: string } & (
  | { server: 'ours' | 'official'; run: (server: CountedServer) => Promise<Exchange[]> }
  | { rg: readonly string[]; lines: number }
);

/** A kind of work. */
export interface FileWork {
  id: string;
  title: string;
  ways: Way[];
}

/** All kinds of work. What each answers is checked, every time. */
export function fileWorks({ tree, large, many }: Files, ourTools: readonly string[]): FileWork[] {
  const names: Call = { name: 'search_files', arguments: { path: tree, pattern: '**/*.md' } };
  const words = (output: string, limit: number, ...glob: readonly string[]): Call => ({
    name: 'search_content',
    arguments: { path: tree, pattern: WORD, output, limit, glob },
  });
  const wholeTree: Call = { name: 'directory_tree', arguments: { path: tree } };
  const part = (window: object): Call => ({ name: 'read_text_file', arguments: { path: large, ...window } });
  const [head, tail] = [part({ head: 10 }), part({ tail: 10 })];
  const [firstLine, lastLine] = [lineOf(0), lineOf(LARGE_LINES - 1)];
  const together: Call = { name: 'read_multiple_files', arguments: { paths: many } };
  const apart = many.map((path): Call => ({ name: 'read_text_file', arguments: { path } }));
  return [
    {
      id: 'names',
      title: `search by name, **/*.md in ${COUNT} files`,
      ways: [
        ours(FILES.first, (server) => once(server, names, (reply) => listLength(reply, 'matches') > 100)),
        ours(FILES.all, (server) => pages(server, names, 'matches', FOUND.markdown)),
        official((server) => once(server, names, (reply) => textOf(reply).split('\n').length === FOUND.markdown)),
        { name: 'rg --files -g', rg: ['--files', '-g', '**/*.md', tree], lines: FOUND.markdown },
      ],
    },
    {
      id: 'content',
      title: `search by content, a word that is in ${FOUND.files} of ${COUNT} files`,
      ways: [
        ours(FILES.lines, (server) => once(server, words('lines', 100), (reply) => listLength(reply, 'files') === 25)),
        ours(FILES.count, (server) => pages(server, words('count', 10_000), 'files', FOUND.files)),
        // What paging costs: every page is a search of its own, from its cursor on.
        ours(FILES.linePages, (server) => pages(server, words('lines', 100), 'files', FOUND.files)),
        ours(FILES.globCount, (server) => pages(server, words('count', 10_000, WORD_GLOB), 'files', FOUND.files)),
        { name: FILES.rgLines, rg: ['--line-number', '--no-heading', WORD, tree], lines: FOUND.lines },
        { name: FILES.rgCount, rg: ['--count', WORD, tree], lines: FOUND.files },
        { name: FILES.rgGlobCount, rg: ['--count', '--glob', WORD_GLOB, WORD, tree], lines: FOUND.files },
      ],
    },
    {
      id: 'tree',
      title: `directory_tree of ${COUNT} files`,
      ways: [
        ours(FILES.first, (server) => once(server, wholeTree, (reply) => listLength(reply, 'tree') > 0)),
        ours(FILES.all, (server) => pages(server, wholeTree, 'tree')),
        official((server) => once(server, wholeTree, ({ bytes }) => bytes > 100 * COUNT)),
      ],
    },
    {
      id: 'whole',
      title: 'read_text_file of a whole file of 100 MB',
      ways: [
        ours('Touchstone, the window that it answers', (server) => once(server, part({}), (reply) => textOf(reply).includes(firstLine))),
        official((server) => once(server, part({}), ({ bytes }) => bytes > 100 * LARGE_LINES)),
      ],
    },
    {
      id: 'ends',
      title: 'read_text_file of the first and of the last 10 lines of 100 MB',
      ways: [
        ours('Touchstone, head', (server) => once(server, head, (reply) => textOf(reply).includes(firstLine))),
        official((server) => once(server, head, (reply) => textOf(reply).includes(firstLine)), ', head'),
        ours('Touchstone, tail', (server) => once(server, tail, (reply) => textOf(reply).includes(lastLine))),
        official((server) => once(server, tail, (reply) => textOf(reply).includes(lastLine)), ', tail'),
      ],
    },
    {
      id: 'many',
      title: 'read of 100 files of 100 KB',
      ways: [
        ourTools.includes(together.name)
          ? ours('Touchstone, what of them has room in an answer', (server) =>
              once(server, together, (reply) => listLength(reply, 'files') === 100),
            )
          : ours('Touchstone, 100 read_text_file at once, a window of each', async (server) => {
              const exchange = await server.call(apart);
              return [expect(exchange, (reply) => textOf(reply).includes(firstLine))];
            }),
        official((server) => once(server, together, ({ bytes }) => bytes > 10_000_000)),
      ],
    },
  ];
}

function ours(name: string, run: (server: CountedServer) => Promise<Exchange[]>): Way {
  return { name, server: 'ours', run };
}

function official(run: (server: CountedServer) => Promise<Exchange[]>, which = ''): Way {
  return { name: FILES.official + which, server: 'official', run };
}

async function once(server: CountedServer, call: Call, isRight: (reply: Reply) => boolean): Promise<Exchange[]> {
  return [expect(await server.call([call]), isRight)];
}

/** Goes on by cursor to the end, where so many must have been found. */
async function pages(server: CountedServer, call: Call, list: string, expected?: number): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  let found = 0;
  let cursor: string | undefined;
  do {
    const exchange = await server.call([{ ...call, arguments: { ...call.arguments, cursor } }]);
    exchanges.push(expect(exchange, (reply) => listLength(reply, list) > 0));
    for (const reply of exchange.replies) {
      found += listLength(reply, list);
      cursor = structureOf(reply)['nextCursor'] as string | undefined;
    }
  } while (cursor !== undefined);
  if (expected !== undefined && found !== expected) throw new Error(`${found} found, not ${expected}`);
  return exchanges;
}

function expect(exchange: Exchange, isRight: (reply: Reply) => boolean): Exchange {
  const wrong = exchange.replies.find((reply) => !isRight(reply));
  if (wrong !== undefined) throw new Error(`a wrong answer: ${wrong.start.toString('utf8', 0, 200)}`);
  return exchange;
}

function structureOf(reply: Reply): Record<string, unknown> {
  return resultOf(reply)['structuredContent'] as Record<string, unknown>;
}

function listLength(reply: Reply, list: string): number {
  return (structureOf(reply)[list] as unknown[]).length;
}

function textOf(reply: Reply): string {
  return (resultOf(reply)['content'] as { text: string }[])[0]?.text ?? '';
}
