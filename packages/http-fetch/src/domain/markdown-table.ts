import { attribute, isElement, type MarkupElement } from './markup.ts';

/** A table as a grid of texts. */
export interface Grid {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Wider tables are lists of their rows: nobody finds the column of a cell among so many. */
const MAX_COLUMNS = 30;

/** What a cell may span. Beyond it, it is a mistake or an attack. */
const MAX_SPAN = MAX_COLUMNS + 1;
const MAX_ROW_SPAN = 500;

const PART = new Set(['thead', 'tbody', 'tfoot']);
const TOO_MUCH_FOR_A_CELL = new Set(['table', 'pre', 'h1', 'h2', 'h3', 'h4', 'blockquote', 'hr', 'article', 'section', 'form']);

/** The rows of a table, without those of tables in its cells. */
export function rowsOf(table: MarkupElement): MarkupElement[] {
  return table.children.flatMap((child) => (child.localName === 'tr' ? [child] : PART.has(child.localName) ? rowsOf(child) : []));
}

/** The cells of a row. */
export function cellsOf(row: MarkupElement): MarkupElement[] {
  return row.children.filter(({ localName }) => localName === 'td' || localName === 'th');
}

/** Whether a table only puts things beside each other: it says so, has one column, or holds in its cells what no cell of data holds. */
export function isLayout(table: MarkupElement, rows: readonly MarkupElement[]): boolean {
  if (/^(?:presentation|none)$/.test(attribute(table, 'role'))) return true;
  if (rows.every((row) => cellsOf(row).length < 2)) return true;
  return (
    !table.children.some(({ localName }) => localName === 'thead' || localName === 'caption') &&
    rows.some((row) => cellsOf(row).some(isTooMuch))
  );
}

function isTooMuch(element: MarkupElement): boolean {
  return element.localName !== 'th' && element.children.some((child) => TOO_MUCH_FOR_A_CELL.has(child.localName) || isTooMuch(child));
}

/** Puts every cell where it stands: a cell that spans rows stands in each, one that spans columns is followed by empty ones. */
export function gridOf(rows: readonly MarkupElement[], textOf: (cell: MarkupElement) => string): Grid {
  const grid: string[][] = [];
  const hanging = new Map<number, { text: string; rows: number }>();
  for (const row of rows) grid.push(gridRow(cellsOf(row), hanging, textOf));
  const width = Math.min(MAX_SPAN, Math.max(0, ...grid.slice(0, 1_000).map((cells) => cells.length)));
  const [first] = rows;
  const headed = first !== undefined && isHeader(first);
  const header = headed ? (grid[0] ?? []) : [];
  const body = grid.slice(headed ? 1 : 0).filter((cells) => cells.some((cell) => cell !== ''));
  return {
    header: padded(
      header.map((cell) => cell.replace(/^\*\*([^*]+)\*\*$/, '$1')),
      width,
    ),
    rows: body.map((cells) => padded(cells, width)),
  };
}

function gridRow(
  cells: readonly MarkupElement[],
  hanging: Map<number, { text: string; rows: number }>,
  textOf: (cell: MarkupElement) => string,
): string[] {
  const placed: string[] = [];
  const hang = () => {
    for (let above = hanging.get(placed.length); above !== undefined && above.rows > 0; above = hanging.get(placed.length)) {
      above.rows -= 1;
      placed.push(above.text);
    }
  };
  for (const cell of cells) {
    hang();
    const text = textOf(cell);
    const rows = span(cell, 'rowspan', MAX_ROW_SPAN);
    hanging.set(placed.length, { text, rows: rows - 1 });
    placed.push(text, ...Array.from({ length: span(cell, 'colspan', MAX_SPAN) - 1 }, () => ''));
  }
  hang();
  return placed;
}

function span(cell: MarkupElement, name: string, most: number): number {
  const written = Number.parseInt(attribute(cell, name), 10);
  return Number.isNaN(written) ? 1 : Math.min(most, Math.max(1, written));
}

/** The first row is a header where it says so, or where its cells are headers and the page has others that are not. */
function isHeader(row: MarkupElement): boolean {
  const cells = cellsOf(row);
  return (
    row.parentNode?.localName === 'thead' ||
    (cells.length > 0 && cells.every(({ localName, childNodes }) => localName === 'th' || isBold(childNodes)))
  );
}

function isBold(nodes: MarkupElement['childNodes']): boolean {
  const shown = nodes.filter((node) => isElement(node) || node.textContent.trim() !== '');
  return shown.length === 1 && shown.every((node) => isElement(node) && (node.localName === 'b' || node.localName === 'strong'));
}

function padded(cells: readonly string[], width: number): string[] {
  return Array.from({ length: width }, (_, column) => cells[column] ?? '');
}

/** The lines of a table in GitHub's Markdown; of a very wide one, a line of names and values for each row. */
export function tableLines({ header, rows }: Grid, plain: boolean): string {
  if (rows.length === 0) return header.filter((cell) => cell !== '').join(plain ? '\t' : ' | ');
  if (plain)
    return [header, ...rows]
      .filter((cells) => cells.some((cell) => cell !== ''))
      .map((cells) => cells.join('\t').trim())
      .join('\n');
  if (header.length > MAX_COLUMNS) return rows.map((cells) => `- ${wideRow(header, cells)}`).join('\n');
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function wideRow(header: readonly string[], cells: readonly string[]): string {
  return cells.flatMap((cell, column) => (cell === '' ? [] : [header[column] ? `${header[column]}: ${cell}` : cell])).join('; ');
}
