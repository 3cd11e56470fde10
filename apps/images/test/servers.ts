import { type Place, USER } from './place.ts';

/** A server, and how its image is shown to work. */
export interface Row {
  readonly name: string;
  /** Whether it needs no network. */
  readonly alone: boolean;
  /** Options of the container. */
  options(place: Place): string[];
  /** A call, and what the answer must hold. */
  call(place: Place): { tool: string; args: Record<string, unknown>; answer: string };
}

/** Every server that has an image. */
export const SERVERS: readonly Row[] = [
  {
    name: 'filesystem',
    alone: true,
    options: ({ data }) => ['--volume', `${data}:/data:ro`],
    // ripgrep is a program of its own.
    call: () => ({ tool: 'search_content', args: { path: '.', pattern: 'carr.ts' }, answer: 'beds.txt' }),
  },
  {
    name: 'git',
    alone: true,
    options: ({ data }) => ['--volume', `${data}:/data:ro`, '--user', `${USER}:${USER}`],
    call: () => ({ tool: 'git_log', args: { repo_path: '/data/garden' }, answer: 'First spring' }),
  },
  {
    name: 'postgres',
    alone: false,
    options: ({ database }) => ['--env', `DATABASE_URL=${database}`],
    call: () => ({ tool: 'query', args: { sql: 'select 6 * 7 as answer' }, answer: '42' }),
  },
  {
    name: 'http-fetch',
    alone: false,
    options: ({ web }) => ['--env', `TOUCHSTONE_HTTP_FETCH_ALLOW_PRIVATE=${web.split(':')[0]}/32`],
    call: ({ web }) => ({ tool: 'fetch', args: { url: `http://${web}/page.html` }, answer: 'sandy soil' }),
  },
];
