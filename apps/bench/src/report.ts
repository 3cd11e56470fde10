import type { Figure, Section } from './figures.ts';
import type { Circumstances } from './machine.ts';
import type { Ratio } from './ratios.ts';

/** Everything that a run has found. */
export interface Report {
  circumstances: Circumstances;
  plan: string;
  sections: Section[];
  ratios: Ratio[];
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
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
