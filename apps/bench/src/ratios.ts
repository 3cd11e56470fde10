import type { Section } from './figures.ts';
import { FILES } from './file-works.ts';
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
  const ratios = { http: httpRatios, stdio: stdioRatios, files: fileRatios, postgres: postgresRatios };
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
  const [point, scan, trips] = [measured.get('point'), measured.get('scan'), measured.get('trips')];
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
    speed('10,000 rows', scan, POSTGRES.dbhub, '>= 1'),
    speed('10,000 rows', scan, POSTGRES.toolbox, '>= 0.7'),
    memory('HTTP, a row', point, 'peak RSS MB'),
    memory('HTTP, 10,000 rows', scan, 'peak RSS MB'),
    memory('stdio', trips, 'RSS MB'),
    { name: 'PostgreSQL, tools/list, tokens', reach: '<= 800', value: medianOf(trips, 'list tokens', POSTGRES.ours) },
  ];
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
