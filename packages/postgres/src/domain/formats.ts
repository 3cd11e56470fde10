import { ToolError } from '@touchstone-mcp/core/errors';
import type { Cell, Column, Page } from './database.ts';

/** How an answer is written for the model. */
export const FORMATS = ['json', 'csv', 'table'] as const;

/** One of them. */
export type Format = (typeof FORMATS)[number];

/** A page, cut to what has room when it is written. */
export interface FittedPage extends Omit<Page, 'command' | 'affected'> {
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
      // Written once for all rows.
      const keys = names.map((name) => `${JSON.stringify(name)}:`);
      return (cells) => `{${cells.map((cell, index) => keys[index] + jsonOf(cell, columns[index]?.type)).join(',')}}`;
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
  let room = maxChars - head(names).join('\n').length;
  const fitting = page.rows.findIndex((cells) => {
    // As structure, which core bounds too, even an empty cell weighs something.
    room -= write(cells).length + separator.length + cells.length;
    return room < 0;
  });
  const rows = fitting === -1 ? page.rows : page.rows.slice(0, fitting);
  if (rows.length === 0 && page.rows.length > 0) {
    throw new ToolError('too_large', 'Not one row of the answer fits.', { hint: 'Select fewer columns, or ask for csv.' });
  }
  const { columns, truncated, truncatedCells } = page;
  return { columns, rows, rowCount: rows.length, truncated: truncated || fitting !== -1, truncatedCells, format };
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
  return columns.map(({ name }) => {
    let free = name;
    for (let number = 2; seen.has(free); number += 1) free = `${name}_${number}`;
    seen.add(free);
    return free;
  });
}

/** What the server writes of json is JSON as it stands, to the last digit; unless it has been cut. */
function jsonOf(cell: Cell, type: string | undefined): string {
  if (typeof cell === 'number') return String(cell);
  const isJson = typeof cell === 'string' && (type === 'json' || type === 'jsonb') && !cell.endsWith(' bytes)');
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
