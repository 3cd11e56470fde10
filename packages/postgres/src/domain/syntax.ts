import { ToolError } from '@touchstone-mcp/core/errors';
import { isQuery, type Scope, scopeBeside, scopesWithin } from './scope.ts';

/**
 * What a name stands for. A `field` is the `f` of `x.f`: a column, or else a function that PostgreSQL calls with x, be it a row or not:
 * `('/etc/passwd'::text).pg_read_file` reads that file. A `keyword` is
 * syntax to PostgreSQL 18, and to an older server a function, which may be anybody's. A `target` is a relation whose rows are changed; a
 * `setting` one that is read by its name.
 */
export type NameKind = 'function' | 'operator' | 'relation' | 'target' | 'type' | 'field' | 'keyword' | 'setting';

/** A name as a statement has it, folded and unescaped by the grammar. Without a schema it is looked up in the search path. */
export interface Name {
  readonly kind: NameKind;
  readonly schema: string | null;
  readonly name: string;
}

/** The name of a setting that only the server will know: no setting is called so. */
export const ANY_SETTING = '?';

/** All that a statement consists of, wherever in it: kinds of nodes, names, and the highest `$n`. */
export interface Syntax {
  readonly kinds: ReadonlySet<string>;
  readonly names: readonly Name[];
  readonly parameters: number;
}

/** The fields of a node. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Most nodes are wrapped in an object with their kind as its only key. These are not, because their field can hold nothing else. A bare
 * node in any other field gets that field's name as its kind, which no list of harmless kinds contains.
 */
const BARE: Readonly<Record<string, string>> = {
  ...{ ival: 'Integer', fval: 'Float', boolval: 'Boolean', sval: 'String', bsval: 'BitString' },
  ...{ alias: 'Alias', join_using_alias: 'Alias', typeName: 'TypeName', ofTypename: 'TypeName', collClause: 'CollateClause' },
  ...{ larg: 'SelectStmt', rarg: 'SelectStmt', withClause: 'WithClause', intoClause: 'IntoClause', into: 'IntoClause', over: 'WindowDef' },
  ...{ relation: 'RangeVar', rel: 'RangeVar', view: 'RangeVar', typevar: 'RangeVar', sequence: 'RangeVar', pktable: 'RangeVar' },
  ...{ search_clause: 'CTESearchClause', cycle_clause: 'CTECycleClause', onConflictClause: 'OnConflictClause', infer: 'InferClause' },
  ...{ returningClause: 'ReturningClause', partspec: 'PartitionSpec', partbound: 'PartitionBoundSpec', bound: 'PartitionBoundSpec' },
  ...{ format: 'JsonFormat', returning: 'JsonReturning', on_empty: 'JsonBehavior', on_error: 'JsonBehavior', output: 'JsonOutput' },
  ...{ context_item: 'JsonValueExpr', pathspec: 'JsonTablePathSpec', value: 'JsonValueExpr', expr: 'JsonValueExpr', val: 'JsonValueExpr' },
  ...{ constructor: 'JsonAggConstructor', arg: 'JsonValueExpr', name: 'RangeVar', newowner: 'RoleSpec', authrole: 'RoleSpec' },
};

/** Walks every node of a tree, known or not, however deep. */
export function readSyntax(tree: unknown): Syntax {
  const kinds = new Set<string>();
  const names = new Map<string, Name>();
  let parameters = 0;
  const open: Place[] = [{ node: unwrap(tree), scope: undefined }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { kind, fields } = place.node;
    kinds.add(kind);
    for (const name of NAMES[kind]?.(fields) ?? []) if (!isHidden(name, place.scope)) add(names, name);
    if (kind === 'ParamRef') parameters = Math.max(parameters, Number(fields['number'] ?? 0));
    for (const inner of placesIn(place)) open.push(inner);
  }
  addRowTypes(names);
  return { kinds, names: [...names.values()], parameters };
}

/** A node, and what can be seen from it. */
interface Place {
  readonly node: Node;
  readonly scope: Scope | undefined;
}

function isHidden({ kind, schema, name }: Name, scope: Scope | undefined): boolean {
  return kind === 'relation' && schema === null && isQuery(name, scope);
}

function* placesIn({ node: { kind, fields }, scope }: Place): Generator<Place> {
  const scopeOf = scopesIn(kind, fields, scope);
  for (const [field, value] of Object.entries(fields)) {
    const bare = (Object.hasOwn(BARE, field) && BARE[field]) || `${kind}.${field}`;
    // A list may hold nothing in a place, as that of a plain DISTINCT does.
    for (const item of Array.isArray(value) ? value.filter((entry) => !isEmpty(entry)) : [value]) {
      const node = nodeOf(bare, item);
      if (node !== undefined) yield { node, scope: scopeOf(field, item) };
    }
  }
}

/** What can be seen from the parts of a node. */
function scopesIn(kind: string, fields: Fields, scope: Scope | undefined): (field: string, item: unknown) => Scope | undefined {
  if (kind === 'WithClause') return scopesWithin(fields, scope);
  const { withClause } = fields;
  const beside = isFields(withClause) ? scopeBeside(withClause, scope) : scope;
  // What is changed is a table, whatever WITH names.
  return (field) => (field === 'relation' ? undefined : field === 'withClause' ? scope : beside);
}

/** What makes rows of the type of a relation has the domains in it checked. */
function addRowTypes(names: Map<string, Name>): void {
  if (![...names.values()].some(populates)) return;
  for (const { kind, schema, name } of [...names.values()]) if (kind === 'relation') add(names, { kind: 'type', schema, name });
}

/** One text for a name, to keep what is known of it under. */
export function keyOf({ kind, schema, name }: Name): string {
  return `${kind}\0${schema ?? ''}\0${name}`;
}

/** The kind and the fields of the node that is wrapped in an object, such as a statement. */
export function unwrap(tree: unknown): { readonly kind: string; readonly fields: Fields } {
  return nodeOf('unknown', tree) ?? { kind: 'unknown', fields: {} };
}

type Node = ReturnType<typeof unwrap>;

function nodeOf(bareKind: string, value: unknown): Node | undefined {
  if (!isFields(value)) return undefined;
  const [key, ...others] = Object.keys(value);
  const inner = key === undefined ? undefined : value[key];
  // Kinds begin with a capital, fields do not.
  if (key !== undefined && others.length === 0 && key.charAt(0) !== key.charAt(0).toLowerCase() && isFields(inner)) {
    return { kind: key, fields: inner };
  }
  return { kind: bareKind, fields: value };
}

function isEmpty(value: unknown): boolean {
  return isFields(value) && Object.keys(value).length === 0;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The names in a node of each kind that stand for something with code behind it, including operators that are only implied. */
const NAMES: Readonly<Record<string, (fields: Fields) => Name[]>> = {
  FuncCall: ({ funcname, args }) => [...qualified('function', funcname), ...implied(String(strings(funcname).at(-1)), args)],
  RangeTableSample: ({ method }) => qualified('function', method),
  TypeName: ({ names }) => qualified('type', names),
  RangeVar: ({ schemaname, relname }) => [named('relation', relname, schemaname)],
  InsertStmt: target,
  UpdateStmt: target,
  DeleteStmt: target,
  MergeStmt: target,
  ColumnRef: ({ fields }) => (strings(fields).length > 1 ? [named('field', strings(fields).at(-1))] : []),
  A_Indirection: ({ indirection }) => strings(indirection).map((field) => named('field', field)),
  A_Expr: ({ kind, name }) => (String(kind).includes('BETWEEN') ? ['<', '>', '<=', '>='].map(operator) : qualified('operator', name)),
  SubLink: ({ operName }) => (operName === undefined ? [operator('=')] : qualified('operator', operName)),
  SortBy: ({ useOp }) => qualified('operator', useOp),
  CaseExpr: ({ arg }) => (arg === undefined ? [] : [operator('=')]),
  JoinExpr: ({ usingClause, isNatural }) => (usingClause === undefined && isNatural !== true ? [] : [operator('=')]),
  JsonObjectConstructor: () => [keyword('json_object')],
  JsonArrayConstructor: () => [keyword('json_array')],
  JsonArrayQueryConstructor: () => [keyword('json_array')],
  JsonObjectAgg: () => [keyword('json_objectagg')],
  JsonArrayAgg: () => [keyword('json_arrayagg')],
  JsonParseExpr: () => [keyword('json')],
  JsonScalarExpr: () => [keyword('json_scalar')],
  JsonSerializeExpr: () => [keyword('json_serialize')],
  JsonFuncExpr: () => ['json_exists', 'json_query', 'json_value'].map(keyword),
  JsonTable: () => [keyword('json_table')],
  MergeSupportFunc: () => [keyword('merge_action')],
};

/** Makes rows of the type of its argument, perhaps a row of a relation, and has all domains in it checked: of json, jsonb and hstore. */
function populates({ kind, name }: Name): boolean {
  return (kind === 'function' && name.includes('populate_record')) || (kind === 'operator' && name === '#=');
}

/** What a call stands for beside the function that it names. */
function implied(called: string, args: unknown): Name[] {
  // An older server looks for it in the path, whatever schema our grammar has given it.
  if (called === 'json_object') return [keyword(called)];
  if (called !== 'current_setting') return [];
  return [named('setting', constantOf(unwrap(Array.isArray(args) ? args[0] : undefined)) ?? ANY_SETTING)];
}

/** A text that is written out. `'x'::text` is how the server writes it, in a view; other casts may make another text of it. */
function constantOf({ kind, fields }: Node): string | undefined {
  const { sval } = isFields(fields['sval']) ? fields['sval'] : {};
  if (kind === 'A_Const') return typeof sval === 'string' ? sval : undefined;
  if (kind === 'NamedArgExpr') return fields['name'] === 'setting_name' ? constantOf(unwrap(fields['arg'])) : undefined;
  const type = isFields(fields['typeName']) ? fields['typeName'] : {};
  const isText = kind === 'TypeCast' && ['text', 'varchar'].includes(String(strings(type['names']).at(-1)));
  return isText && type['typmods'] === undefined ? constantOf(unwrap(fields['arg'])) : undefined;
}

function add(names: Map<string, Name>, name: Name): void {
  names.set(keyOf(name), name);
}

function target({ relation }: Fields): Name[] {
  return isFields(relation) ? [targetOf(relation)] : [];
}

/** The relation of a RangeVar, as one whose rows are changed. */
export function targetOf({ schemaname, relname }: Fields): Name {
  return named('target', relname, schemaname);
}

function operator(name: string): Name {
  return named('operator', name);
}

function keyword(name: string): Name {
  return named('keyword', name);
}

/** The name at the end of a list such as `database.schema.name`. */
function qualified(kind: NameKind, list: unknown): Name[] {
  const parts = strings(list);
  return parts.length === 0 ? [] : [named(kind, parts.at(-1), parts.at(-2))];
}

function named(kind: NameKind, name: unknown, schema?: unknown): Name {
  const found: Name = { kind, schema: typeof schema === 'string' ? schema : null, name: String(name) };
  // PostgreSQL cuts names at 63 bytes in the encoding of the database, the grammar in UTF-8: they could end up as different names.
  if ([found.name, found.schema ?? ''].some((part) => part.length < Buffer.byteLength(part) && Buffer.byteLength(part) >= 60)) {
    throw new ToolError('invalid_input', 'A name in the SQL is too long.', { hint: 'Names beyond ASCII may have 59 bytes.' });
  }
  return found;
}

function strings(list: unknown): string[] {
  const items: unknown[] = Array.isArray(list) ? list : [];
  return items.map(unwrap).flatMap(({ kind, fields }) => (kind === 'String' ? [String(fields['sval'] ?? '')] : []));
}
