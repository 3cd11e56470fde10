import { type Fields, unwrap } from './syntax.ts';

/** A table, as far as indexes go. */
export interface IndexedTable {
  readonly oid: number;
  /** With its schema, as a statement needs it. */
  readonly name: string;
  /** Columns that a B-tree can hold: their names, and these as a statement needs them. */
  readonly columns: ReadonlyMap<string, string>;
  /** The key columns of its valid, whole B-trees. Null is an expression. */
  readonly indexes: readonly (readonly (string | null)[])[];
}

/** An index that might help, and why. */
export interface Candidate {
  readonly table: IndexedTable;
  /** Equality first, then range, join or order. */
  readonly columns: readonly string[];
  readonly reason: string;
}

/** How one reference to a table in FROM uses its columns. */
interface Uses {
  readonly table: IndexedTable;
  readonly alias: string;
  readonly equal: Set<string>;
  readonly range: Set<string>;
  readonly join: Set<string>;
  sort: string[];
}

/** References of a query and of those around it, the innermost first. */
type Scope = readonly Uses[];

type Node = ReturnType<typeof unwrap>;

type TableOf = (schema: string | null, name: string) => IndexedTable | undefined;

const MAX_COLUMNS = 3;

/** Columns of one kind of use that are tried. */
const MAX_TRIED = 8;

/** The indexes that a parsed statement could use and that are not there, simplest first. */
export function candidatesOf(statement: Node, tableOf: TableOf): Candidate[] {
  const candidates = new Map<string, Candidate>();
  for (const candidate of usesIn(statement, tableOf).flatMap(combinations)) {
    const key = `${candidate.table.oid} ${candidate.columns.join('\0')}`;
    if (!candidates.has(key) && !isCovered(candidate)) candidates.set(key, candidate);
  }
  return [...candidates.values()].toSorted((one, other) => one.columns.length - other.columns.length);
}

function isCovered({ table, columns }: Candidate): boolean {
  return table.indexes.some((index) => columns.every((column, place) => index[place] === column));
}

/** Equality narrows most, one range or order can follow it, and a join is an equality with whatever the other side has. */
function combinations({ table, equal, range, join, sort }: Uses): Candidate[] {
  const [equals, ranges, joins] = [equal, range, join].map((columns) => [...columns].slice(0, MAX_TRIED)) as [string[], string[], string[]];
  const lists = [
    ...[...equals, ...joins, ...ranges].map((column) => [column]),
    equals,
    ...ranges.map((column) => [...equals, column]),
    ...joins.flatMap((column) => [
      [...equals, column],
      [column, ...equals],
    ]),
    ...(sort.length > 0 ? [[...equals, ...sort], sort] : []),
  ];
  const reason = [
    ['equality on', equals],
    ['range on', ranges],
    ['join on', joins],
    ['order by', sort],
  ]
    .flatMap(([what, columns]) => (columns?.length ? `${what} ${Array.isArray(columns) ? columns.join(', ') : columns}` : []))
    .join('; ');
  return lists
    .map((list) => ({ table, columns: [...new Set(list)].slice(0, MAX_COLUMNS), reason }))
    .filter(({ columns }) => columns.length > 0);
}

/** Goes through all nodes, however deep; a query opens a scope. */
function usesIn(statement: Node, tableOf: TableOf): Uses[] {
  const hidden = commonTablesIn(statement);
  const visible: TableOf = (schema, name) => (schema === null && hidden.has(name) ? undefined : tableOf(schema, name));
  const all: Uses[] = [];
  const open: { node: Node; outer: Scope }[] = [{ node: statement, outer: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, outer } = next;
    const own = references(QUERIES[node.kind]?.(node.fields) ?? [], visible);
    const scope = own.length === 0 ? outer : [...own, ...outer];
    for (const uses of own) all.push(uses);
    for (const condition of conditionsOf(node)) note(condition, scope);
    if (node.kind === 'SelectStmt') noteOrder(node.fields, scope);
    for (const inner of childrenOf(node).toReversed()) open.push({ node: inner, outer: scope });
  }
  return all;
}

/** The names of WITH, which hide tables. */
function commonTablesIn(statement: Node): Set<string> {
  const names = new Set<string>();
  const open = [statement];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === 'CommonTableExpr') names.add(String(node.fields['ctename']));
    for (const inner of childrenOf(node)) open.push(inner);
  }
  return names;
}

/** What each kind of query reads from. */
const QUERIES: Readonly<Record<string, (fields: Fields) => unknown[]>> = {
  SelectStmt: ({ fromClause }) => listOf(fromClause),
  UpdateStmt: ({ relation, fromClause }) => [{ RangeVar: relation }, ...listOf(fromClause)],
  DeleteStmt: ({ relation, usingClause }) => [{ RangeVar: relation }, ...listOf(usingClause)],
};

function references(from: readonly unknown[], tableOf: TableOf): Uses[] {
  const found: Uses[] = [];
  const open: unknown[] = from.toReversed();
  while (open.length > 0) {
    const { kind, fields } = unwrap(open.pop());
    if (kind === 'JoinExpr') open.push(fields['rarg'], fields['larg']);
    if (kind !== 'RangeVar') continue;
    const name = String(fields['relname']);
    const table = tableOf(typeof fields['schemaname'] === 'string' ? fields['schemaname'] : null, name);
    if (table === undefined) continue;
    const alias = String(unwrap({ Alias: fields['alias'] ?? {} }).fields['aliasname'] ?? name);
    found.push({ table, alias, equal: new Set(), range: new Set(), join: new Set(), sort: [] });
  }
  return found;
}

/** The conditions of a query or a join that must all hold. */
function conditionsOf({ kind, fields }: Node): Node[] {
  if (kind === 'JoinExpr') return [...conjuncts(fields['quals']), ...usingConditions(fields)];
  return QUERIES[kind] === undefined ? [] : conjuncts(fields['whereClause']);
}

function conjuncts(condition: unknown): Node[] {
  const found: Node[] = [];
  const open: unknown[] = condition === undefined ? [] : [condition];
  while (open.length > 0) {
    const node = unwrap(open.pop());
    if (node.kind !== 'BoolExpr' || node.fields['boolop'] !== 'AND_EXPR') found.push(node);
    else for (const part of listOf(node.fields['args']).toReversed()) open.push(part);
  }
  return found;
}

/** `USING (a)` as `a = a`: each side finds its own. */
function usingConditions({ usingClause }: Fields): Node[] {
  return listOf(usingClause).map((column) => ({ kind: 'Using', fields: { column } }));
}

const RANGES = new Set(['<', '<=', '>', '>=']);

/** Writes down which columns a condition asks for, and how. */
function note({ kind, fields }: Node, scope: Scope): void {
  if (kind === 'Using') {
    const name = String(unwrap(fields['column']).fields['sval']);
    for (const uses of scope) if (uses.table.columns.has(name)) uses.join.add(name);
  }
  if (kind === 'SubLink' && fields['subLinkType'] === 'ANY_SUBLINK') {
    const column = columnOf(fields['testexpr'], scope);
    column?.uses.join.add(column.name);
  }
  if (kind === 'A_Expr') noteComparison(fields, scope);
}

const EQUALITIES = new Set(['AEXPR_OP', 'AEXPR_IN', 'AEXPR_OP_ANY']);

function noteComparison(fields: Fields, scope: Scope): void {
  const kind = String(fields['kind']);
  const operator = String(unwrap(listOf(fields['name'])[0]).fields['sval']);
  const isEqual = EQUALITIES.has(kind) && operator === '=';
  const isRange = kind === 'AEXPR_BETWEEN' || (kind === 'AEXPR_OP' && RANGES.has(operator));
  const columns = [fields['lexpr'], fields['rexpr']].flatMap((side) => columnOf(side, scope) ?? []);
  const [column, other] = columns;
  if (column === undefined) return;
  if (other === undefined) {
    if (isEqual) column.uses.equal.add(column.name);
    else if (isRange) column.uses.range.add(column.name);
  } else if (isEqual && column.uses !== other.uses) {
    for (const { uses, name } of columns) uses.join.add(name);
  }
}

/** The column that an expression is, if it is one and nothing more. */
function columnOf(expression: unknown, scope: Scope): { uses: Uses; name: string } | undefined {
  const { kind, fields } = unwrap(expression);
  if (kind !== 'ColumnRef') return undefined;
  const parts = listOf(fields['fields']).map((part) => unwrap(part).fields['sval']);
  const [name, alias] = [String(parts.at(-1)), parts.at(-2)];
  const uses = scope.find(({ table, alias: own }) => table.columns.has(name) && (alias === undefined || alias === own));
  return uses === undefined ? undefined : { uses, name };
}

/** A B-tree is read in one direction or the other: mixed ones, and columns of several tables, need a sort in any case. */
function noteOrder({ sortClause }: Fields, scope: Scope): void {
  const items = listOf(sortClause).map((item) => unwrap(item).fields);
  const columns = items.map(({ node }) => columnOf(node, scope));
  const [first] = columns;
  const directions = new Set(items.map(({ sortby_dir: direction }) => direction === 'SORTBY_DESC'));
  if (first === undefined || directions.size > 1 || columns.some((column) => column?.uses !== first.uses)) return;
  first.uses.sort = columns.flatMap((column) => column?.name ?? []);
}

function childrenOf({ fields }: Node): Node[] {
  return Object.entries(fields).flatMap(([field, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((item) => {
      if (typeof item !== 'object' || item === null) return [];
      const node = unwrap(item);
      // The two sides of a UNION are not wrapped.
      return [node.kind === 'unknown' && /^[lr]arg$/.test(field) ? { ...node, kind: 'SelectStmt' } : node];
    }),
  );
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
