import { ToolError } from '@touchstone-mcp/core/errors';
import type { Cell, Column, Page } from './database.ts';

/** How an answer is written for the model. */
export const FORMATS = ['json', 'csv', 'table'] as const;

/** One of them. */
export type Format = (typeof FORMATS)[number];

/** A page, cut to what has room when it is written. */
export interface FittedPage extends Omit<Page, 'command' | 'affected' | 'characters'> {
  rowCount: number;
  format: Format;
}

/** Lines before, between and after those of rows. */
interface Layout {
  head: (names: readonly string[]) => string[];
  /** What writes a row. */
  rows: (columns: readonly Column[], names: readonly string[]) => (cells: readonly Cell[]) => string;
  /** Between rows. */
  separator: string;
  foot: string[];
}

const LAYOUTS: Readonly<Record<Format, Layout>> = {
  json: {
    head: () => ['['],
    rows(columns, names) {
      // Written once for all rows, of which there may be very many.
      const keys = names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
      return (cells) => {
        let line = keys.length === 0 ? '{' : '';
        for (const [index, cell] of cells.entries()) line += keys[index] + jsonOf(cell, columns[index]?.type);
        return `${line}}`;
      };
    },
    separator: ',\n',
    foot: [']'],
  },
  csv: { head: (names) => [names.map(csvOf).join(',')], rows: () => (cells) => cells.map(csvOf).join(','), separator: '\n', foot: [] },
  table: {
    head: (names) => [tableRow(names), tableRow(names.map(() => '---'))],
    rows: () => tableRow,
    separator: '\n',
    foot: [],
  },
};

/** Leaves out the last rows of a page, until it has at most `maxChars` characters when written. Throws ToolError `too_large` where none is left. */
export function fitPage(page: Page, format: Format, maxChars: number): FittedPage {
  const { rows: writer, head, separator } = LAYOUTS[format];
  const names = distinct(page.columns);
  const write = writer(page.columns, names);
  const space = maxChars - head(names).join('\n').length;
  let room = space;
  // As structure, which core bounds too, even an empty cell weighs something. Most pages need not be written twice to know.
  const surplus = charactersAtMost(page, names) <= room;
  const fitting = surplus
    ? -1
    : page.rows.findIndex((cells) => {
        room -= write(cells).length + separator.length + cells.length;
        return room < 0;
      });
  const { columns, truncated, truncatedCells } = page;
  if (fitting === 0) return { columns, rowCount: 1, truncated: truncated || page.rows.length > 1, format, ...fitRow(page, write, space) };
  const rows = fitting === -1 ? page.rows : page.rows.slice(0, fitting);
  return { columns, rows, rowCount: rows.length, truncated: truncated || fitting !== -1, truncatedCells, format };
}

/** The first row of a page alone, its texts cut to an equal length until it has room: of very many columns a few characters each. */
function fitRow({ rows: [first = []] }: Page, write: (cells: readonly Cell[]) => string, room: number) {
  for (let most = Math.ceil(room / (first.length + 1)); most >= 1; most = Math.floor(most / 2)) {
    const cells = first.map((cell) => shortened(cell, most));
    if (write(cells).length + cells.length < room)
      return { rows: [cells], truncatedCells: cells.filter((cell, at) => cell !== first[at] || isCut(cell)).length };
  }
  throw new ToolError('too_large', 'Not one row of the answer fits.', { hint: 'Select fewer columns, or ask for csv.' });
}

/** What was cut already says how long it was, unless that takes too much room as well. */
function shortened(cell: Cell, most: number): Cell {
  if (typeof cell !== 'string' || cell.length <= most) return cell;
  const { bytes = '…' } = CUT.exec(cell)?.groups ?? {};
  const end = bytes.length * 2 <= most ? bytes : '…';
  return `${cell.slice(0, most - end.length).replace(/[\ud800-\udbff]$/, '')}${end}`;
}

/** How a value ends that the trimmer has cut. */
const CUT = /(?<bytes>…\(\d+ bytes\))$/;

function isCut(cell: Cell): boolean {
  return typeof cell === 'string' && CUT.test(cell);
}

/** No layout writes more: a row is as long as that of the names, and what PostgreSQL writes of a value can become longer. */
function charactersAtMost({ rows, columns, characters }: Page, names: readonly string[]): number {
  let most = characters + rows.length * (JSON.stringify(names).length + 2 * columns.length + 2);
  for (const cells of rows) for (const cell of cells) most += growthOf(cell);
  return most;
}

/** `1e+20` to all its digits, `f` to `false`, and each character of a text to an escape of six. */
function growthOf(cell: Cell): number {
  if (typeof cell === 'number') return Number.isInteger(cell) && Math.abs(cell) < 1e10 ? 0 : 20;
  return typeof cell === 'string' ? 5 * cell.length + 2 : 4;
}

/** A page as text, with lines at its end that say what is missing. JSON is an array of objects, one a line; of the same name twice, one gets a number. */
export function pageText(page: FittedPage): string {
  const { head, rows: writer, separator, foot } = LAYOUTS[page.format];
  const names = distinct(page.columns);
  const lines = page.rows.map(writer(page.columns, names)).join(separator);
  const rows = page.rows.length === 0 ? [] : [lines];
  return (page.format === 'json' && rows.length === 0 ? ['[]'] : [...head(names), ...rows, ...foot]).concat(notesOn(page)).join('\n');
}

function notesOn({ truncated, truncatedCells, rowCount }: FittedPage): string[] {
  return [
    ...(truncated ? [`[Only the first ${rowCount} rows: narrow the WHERE, or go on with ORDER BY, LIMIT and OFFSET ${rowCount}.]`] : []),
    ...(truncatedCells > 0 ? [`[${truncatedCells} values were cut: select a part of them, such as substr(column, 1, 1000).]`] : []),
  ];
}

function distinct(columns: readonly Column[]): string[] {
  const seen = new Set<string>();
  const numbers = new Map<string, number>();
  return columns.map(({ name }) => {
    let free = name;
    let number = numbers.get(name) ?? 2;
    for (; seen.has(free); number += 1) free = `${name}_${number}`;
    numbers.set(name, number);
    seen.add(free);
    return free;
  });
}

/** What the server writes of json is JSON as it stands, to the last digit; unless it has been cut. */
function jsonOf(cell: Cell, type: string | undefined): string {
  if (typeof cell === 'number') return String(cell);
  const isJson = typeof cell === 'string' && (type === 'json' || type === 'jsonb') && !/(?: bytes\)|…)$/.test(cell.slice(-7));
  return isJson ? cell.replaceAll('\n', ' ') : JSON.stringify(cell);
}

/** NULL is nothing, an empty text is quoted. */
function csvOf(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return text === '' || /[",\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function tableRow(cells: readonly Cell[]): string {
  const texts = cells.map((cell) => (cell === null ? 'NULL' : String(cell).replaceAll('|', '\\|').replace(/\r?\n/g, ' ')));
  return `| ${texts.join(' | ')} |`;
}
