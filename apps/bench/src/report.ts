import type { Figure, Section } from './figures.ts';
import { HTTP } from './http.ts';
import type { Circumstances } from './machine.ts';
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

/** Everything that a run has found. */
export interface Report {
  circumstances: Circumstances;
  plan: string;
  sections: Section[];
  ratios: Ratio[];
}

/** The ratios that this bench covers. */
export function ratiosOf([call, list, start]: readonly Section[]): Ratio[] {
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
    {
      name: 'spawn to tools/list, part of the official server',
      reach: '<= 0.65',
      value: divide(start, 'spawn to tools/list ms', STDIO.ours, STDIO.official),
    },
    {
      name: 'RSS after tools/list, part of the official server',
      reach: '<= 0.95',
      value: divide(start, 'RSS MB', STDIO.ours, STDIO.official),
    },
  ];
}

function medianOf(section: Section | undefined, column: string, name: string): number | undefined {
  return section?.rows.find((row) => row.name === name)?.figures[column]?.median;
}

function divide(section: Section | undefined, column: string, above: string, below: string): number | undefined {
  const [top, bottom] = [medianOf(section, column, above), medianOf(section, column, below)];
  return top === undefined || bottom === undefined ? undefined : top / bottom;
}

/** The report as a person reads it. */
export function markdown({ circumstances, plan, sections, ratios }: Report): string {
  const { date, cpu, memory, system, node, packages } = circumstances;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [
    '# Touchstone bench',
    `${date} · ${cpu}, ${memory} · ${system} · Node ${node}`,
    versions.join(' · '),
    `${plan} Each figure is the median, with (least–most) of the rounds.`,
    ...sections.map(({ title, columns, rows }) => {
      const body = rows.map(({ name, note, figures }) => [
        note === undefined ? name : `${name} (${note})`,
        ...columns.map((column) => show(figures[column])),
      ]);
      return `## ${title}\n\n${table([['', ...columns], ...body])}`;
    }),
    `## Ratios\n\n${table([
      ['', 'reach', 'measured', 'by CPU'],
      ...ratios.map(({ name, reach, value, byCpu }) => [name, reach, number(value), number(byCpu)]),
    ])}`,
    '',
  ].join('\n\n');
}

function table([head = [], ...rows]: string[][]): string {
  return [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function show(figure: Figure | undefined): string {
  if (figure === undefined) return '–';
  const { median, min, max } = figure;
  return min === max ? number(median) : `${number(median)} (${number(min)}–${number(max)})`;
}

function number(value: number | undefined): string {
  if (value === undefined) return '–';
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
