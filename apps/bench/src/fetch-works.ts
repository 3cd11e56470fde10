/** What is read of the web, and by whom. */
import { factsIn, lastOf, PAGES, SMALL_PAGES } from './pages.ts';
import { Refused, type StdioServer } from './stdio-client.ts';

/** Somebody who reads pages. */
export interface Reader {
  name: string;
  missing: string | undefined;
  connect: () => Promise<StdioServer>;
  /** A call that asks for a page, in whatever way it answers what an article says. */
  call: (path: string, more?: object) => { name: string; arguments: object };
  /** Whether a page has an outline, from which one section can be asked for. */
  outlines: boolean;
}

/** What came of one time. */
export interface Read {
  calls: number;
  /** Of all answers together. */
  characters: number;
  facts: number;
  /** Why nothing was read, in the server's words. */
  refused?: string;
}

/** A kind of work. */
export interface FetchWork {
  id: string;
  title: string;
  run: (reader: Reader, server: StdioServer) => Promise<Read>;
}

/** All kinds of work. */
export const FETCH_WORKS: readonly FetchWork[] = [
  {
    id: 'article',
    title: 'an article of 1 MB, the answer that comes by default',
    run: (reader, server) => readPages(reader, server, ['/article']),
  },
  { id: 'fact', title: 'one fact, in the last section of a page of 50 kB', run: findFact },
  {
    id: 'small',
    title: `${SMALL_PAGES} pages of 4 kB at once`,
    run: (reader, server) =>
      readPages(
        reader,
        server,
        Array.from({ length: SMALL_PAGES }, (_, number) => `/small-${number}`),
      ),
  },
  { id: 'large', title: 'a page of 50 MB', run: (reader, server) => readPages(reader, server, ['/large']) },
];

/** All at once. A refusal is an answer, too. */
async function readPages(reader: Reader, server: StdioServer, paths: readonly string[]): Promise<Read> {
  try {
    const texts = await Promise.all(paths.map((path) => ask(server, reader.call(path))));
    return { calls: texts.length, characters: lengthOf(texts), facts: factsIn(texts.join('\n')) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { calls: paths.length, characters: 0, facts: 0, refused: error.message };
  }
}

/** By the outline where there is one, else window by window until it is there. */
async function findFact(reader: Reader, server: StdioServer): Promise<Read> {
  const page = PAGES['/guide'];
  if (page === undefined) throw new Error('there is no guide');
  const { heading, fact } = lastOf(page);
  const texts: string[] = [];
  // Windows of the peer end anywhere, in the middle of the fact as well.
  const found = () => texts.join('').includes(fact);
  if (reader.outlines) {
    texts.push(await ask(server, reader.call('/guide', { format: 'outline' })));
    texts.push(await ask(server, reader.call('/guide', { section: heading })));
  } else {
    for (let start = 0; !found() && texts.at(-1) !== ''; start += WINDOW) {
      texts.push(await ask(server, reader.call('/guide', { start_index: start })));
    }
  }
  if (!found()) throw new Error(`the fact was not found in ${texts.length} answers`);
  return { calls: texts.length, characters: lengthOf(texts), facts: 1 };
}

/** Characters of a page that both answer by default. */
const WINDOW = 5_000;

async function ask(server: StdioServer, call: { name: string; arguments: object }): Promise<string> {
  const result = await server.request('tools/call', call);
  return (result['content'] as { text: string }[])[0]?.text ?? '';
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
