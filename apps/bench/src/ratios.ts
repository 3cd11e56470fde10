import { FETCH } from './fetch.ts';
import { FETCH_WORKS } from './fetch-works.ts';
import type { Section } from './figures.ts';
import { FILES } from './file-works.ts';
import { GIT, ranBy } from './git-works.ts';
import { HTTP } from './http.ts';
import { POSTGRES } from './postgres.ts';
import { STDIO } from './stdio.ts';

/** One ratio of ours to a peer's, beside what performance.md wants reached. */
export interface Ratio {
  name: string;
  reach: string;
  /** Undefined where one of the two could not be measured. */
  value: number | undefined;
  /** The same by processor time, which other load on the machine disturbs less. */
  byCpu?: number | undefined;
}

/** The ratios of the sections that were measured. */
export function ratiosOf(sections: readonly Section[]): Ratio[] {
  const ratios = { http: httpRatios, stdio: stdioRatios, files: fileRatios, postgres: postgresRatios, git: gitRatios, fetch: fetchRatios };
  return Object.entries(ratios).flatMap(([part, of]) => {
    const measured = sections.filter((section) => section.part === part);
    return measured.length === 0 ? [] : of(new Map(measured.map((section) => [section.id, section])));
  });
}

type Measured = ReadonlyMap<string, Section>;

function httpRatios(measured: Measured): Ratio[] {
  const [call, list] = [measured.get('tools/call'), measured.get('tools/list')];
  const speed = (name: string, section: Section | undefined, peer: string, reach: string): Ratio => ({
    name,
    reach,
    value: divide(section, 'requests/s', HTTP.ours, peer),
    byCpu: divide(section, 'CPU us/request', peer, HTTP.ours),
  });
  return [
    speed('HTTP tools/call, times SDK v1 documented', call, HTTP.v1, '>= 12'),
    speed('HTTP tools/call, times SDK v2 McpServer hoisted', call, HTTP.v2, '>= 2.5'),
    speed('HTTP tools/call, part of bare node:http', call, HTTP.bare, '>= 0.2'),
    { name: 'HTTP tools/call, p99 ms', reach: '<= 25', value: medianOf(call, 'p99 ms', HTTP.ours) },
    speed('HTTP tools/list, times SDK v1 documented', list, HTTP.v1, '>= 25'),
  ];
}

function stdioRatios(measured: Measured): Ratio[] {
  const start = measured.get('start');
  const part = (name: string, reach: string, column: string): Ratio => ({
    name: `${name}, part of the official server`,
    reach,
    value: divide(start, column, STDIO.ours, STDIO.official),
  });
  return [part('spawn to tools/list', '<= 0.65', 'spawn to tools/list ms'), part('RSS after tools/list', '<= 0.95', 'RSS MB')];
}

function fileRatios(measured: Measured): Ratio[] {
  const [names, content] = [measured.get('names'), measured.get('content')];
  const time = (name: string, reach: string, section: Section | undefined, above: string, below: string): Ratio => ({
    name,
    reach,
    value: divide(section, 'ms', above, below),
  });
  return [
    time('search by name, all pages, times the official server’s speed', '>= 30', names, FILES.official, FILES.all),
    time('search by name, first page, times the official server’s speed', '>= 30', names, FILES.official, FILES.first),
    time('search by content, lines per file, times the time of rg', '<= 1.3', content, FILES.count, FILES.rgCount),
    time('search by content, first 100 lines, times the time of rg', '<= 1.3', content, FILES.lines, FILES.rgLines),
    time('search by content, all pages of 100 lines, times the time of rg', '<= 1.3', content, FILES.linePages, FILES.rgLines),
    time('search by content, lines per file, glob, times the time of rg', '<= 1.3', content, FILES.globCount, FILES.rgGlobCount),
    { name: 'largest reply of any call on files, kB', reach: '<= 256', value: mostOfOurs(measured, 'largest reply kB', () => true) },
    {
      name: 'largest RSS growth, work of one call, MB',
      reach: '<= 64',
      value: mostOfOurs(measured, 'RSS growth MB', (calls) => calls === 1),
    },
    {
      name: 'largest RSS growth, many pages or calls, MB',
      reach: '<= 64',
      value: mostOfOurs(measured, 'RSS growth MB', (calls) => calls > 1),
    },
  ];
}

function postgresRatios(measured: Measured): Ratio[] {
  const [point, report, scan, trips] = ['point', 'report', 'scan', 'trips'].map((id) => measured.get(id));
  const speed = (name: string, section: Section | undefined, peer: string, reach: string): Ratio => ({
    name: `PostgreSQL, ${name}, times ${peer}`,
    reach,
    value: divide(section, 'requests/s', POSTGRES.ours, peer),
    byCpu: divide(section, 'CPU us/request', peer, POSTGRES.ours),
  });
  const memory = (name: string, section: Section | undefined, column: string): Ratio => ({
    name: `PostgreSQL, RSS, ${name}, part of ${POSTGRES.dbhub}`,
    reach: '<= 1',
    value: divide(section, column, POSTGRES.ours, POSTGRES.dbhub),
  });
  return [
    speed('a row', point, POSTGRES.dbhub, '>= 1'),
    speed('a row', point, POSTGRES.toolbox, '>= 0.7'),
    speed('totals over a join', report, POSTGRES.dbhub, '>= 1'),
    speed('totals over a join', report, POSTGRES.toolbox, '>= 0.7'),
    speed('10,000 rows', scan, POSTGRES.dbhub, '>= 1'),
    speed('10,000 rows', scan, POSTGRES.toolbox, '>= 0.7'),
    memory('HTTP, a row', point, 'peak RSS MB'),
    memory('HTTP, 10,000 rows', scan, 'peak RSS MB'),
    memory('stdio', trips, 'RSS MB'),
    { name: 'PostgreSQL, tools/list, tokens', reach: '<= 800', value: medianOf(trips, 'list tokens', POSTGRES.ours) },
  ];
}

function gitRatios(measured: Measured): Ratio[] {
  const start = measured.get('start');
  const works = ['status', 'log', 'blame', 'stat'].map((id) => measured.get(id)).filter((section) => section !== undefined);
  const ours = (section: Section) => [GIT.ours, GIT.pages].filter((name) => section.rows.some((row) => row.name === name));
  const rows = works.flatMap((section) =>
    ours(section).map((name) => ({ section, name, title: `${section.title}${name.slice(GIT.ours.length)}` })),
  );
  return [
    ...rows.map(({ section, name, title }) => ({
      name: `${title}: ms of a call beyond 1.5 times the git that it runs`,
      reach: '<= 15',
      value: beyond(section, 'ms', name),
      byCpu: beyond(section, 'CPU ms', name),
    })),
    ...rows.map(({ section, name, title }) => ({
      name: `${title}: time, part of ${GIT.peer}`,
      reach: '<= 1',
      value: divide(section, 'ms', name, GIT.peer),
      byCpu: divide(section, 'CPU ms', name, GIT.peer),
    })),
    ...rows.map(({ section, name, title }) => ({
      name: `${title}: bytes of an item, part of ${GIT.peer}`,
      reach: '<= 1',
      value: perItem(section, name, GIT.peer),
    })),
    ...['spawn to tools/list ms', 'RSS MB', 'list tokens'].map((column) => ({
      name: `Git: ${column}, part of ${GIT.peer}`,
      reach: '<= 1',
      value: divide(start, column, GIT.ours, GIT.peer),
    })),
    ...listRatios('Git', start, GIT.ours, '<= 1400'),
  ];
}

/** What is left of our time without one and a half times that of the git in it, for each call. */
function beyond(section: Section, column: string, name: string): number | undefined {
  const [ours, bare] = [medianOf(section, column, name), medianOf(section, column, ranBy(name))];
  const calls = medianOf(section, 'calls', name);
  return ours === undefined || bare === undefined || calls === undefined ? undefined : (ours - 1.5 * bare) / calls;
}

/** One page tells less than the peer's whole answer, and may: what counts is what an item costs. */
function perItem(section: Section, above: string, below: string): number | undefined {
  const [bytes, items] = [divide(section, 'reply kB', above, below), divide(section, 'items', above, below)];
  return bytes === undefined || items === undefined ? undefined : bytes / items;
}

/** The budget counts four bytes to a token, whatever a tokenizer says. */
function listRatios(part: string, start: Section | undefined, ours: string, reach: string): Ratio[] {
  const bytes = medianOf(start, 'list bytes', ours);
  return [
    { name: `${part}: tools/list, tokens of four bytes`, reach, value: bytes === undefined ? undefined : bytes / 4 },
    { name: `${part}: tools/list, tokens of o200k_base`, reach, value: medianOf(start, 'list tokens', ours) },
  ];
}

function fetchRatios(measured: Measured): Ratio[] {
  const start = measured.get('start');
  const works = FETCH_WORKS.map(({ id }) => measured.get(id)).filter((section) => section !== undefined);
  return [
    // Like with like: both by the proxy, and only where the peer has read anything.
    ...works.filter(hasFacts).flatMap((section) => [
      {
        name: `${section.title}: time, part of fetch_readable`,
        reach: '<= 1',
        value: divide(section, 'ms', FETCH.proxied, FETCH.readable),
        byCpu: divide(section, 'CPU ms', FETCH.proxied, FETCH.readable),
      },
      {
        name: `${section.title}: characters for a fact, part of fetch_readable`,
        reach: '<= 1',
        value: divide(section, 'facts per 1,000 characters', FETCH.readable, FETCH.proxied),
      },
    ]),
    ...works.map((section) => ({
      name: `${section.title}: longest wait of another call, ms`,
      reach: '<= 50',
      value: medianOf(section, 'ping max ms', FETCH.ours),
    })),
    ...works.map((section) => ({
      name: `${section.title}: RSS growth, MB`,
      reach: '<= 64',
      value: mostOf(section, 'RSS growth MB', FETCH.ours),
    })),
    ...['spawn to tools/list ms', 'RSS MB', 'list tokens'].map((column) => ({
      name: `Fetch: ${column}, part of mcp-fetch-server`,
      reach: '<= 1',
      value: divide(start, column, FETCH.ours, FETCH.readable),
    })),
    ...listRatios('Fetch', start, FETCH.ours, '<= 400'),
  ];
}

function hasFacts(section: Section): boolean {
  return (medianOf(section, 'facts', FETCH.readable) ?? 0) > 0;
}

function mostOf(section: Section, column: string, name: string): number | undefined {
  return section.rows.find((row) => row.name === name)?.figures[column]?.max;
}

/** A cap is one for every round. */
function mostOfOurs(measured: Measured, column: string, fits: (calls: number) => boolean): number | undefined {
  const rows = [...measured.values()].flatMap((section) => section.rows).filter(({ name }) => name.startsWith('Touchstone'));
  const fitting = rows.filter(({ figures }) => fits(figures['calls']?.max ?? 1));
  const most = fitting.flatMap(({ figures }) => figures[column]?.max ?? []);
  return most.length === 0 ? undefined : Math.max(...most);
}

function medianOf(section: Section | undefined, column: string, name: string): number | undefined {
  return section?.rows.find((row) => row.name === name)?.figures[column]?.median;
}

function divide(section: Section | undefined, column: string, above: string, below: string): number | undefined {
  const [top, bottom] = [medianOf(section, column, above), medianOf(section, column, below)];
  return top === undefined || bottom === undefined ? undefined : top / bottom;
}
