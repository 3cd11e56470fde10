import { ToolError } from '@touchstone-mcp/core/errors';
import { type CalledFunction, type Objection, objectionTo } from './function-policy.ts';
import type { FunctionFacts } from './functions.ts';
import { parseSql } from './grammar.ts';
import { CHANGING, DEFINING, OBJECTS, READING, sqlName, WRITES } from './node-kinds.ts';
import { isSecretRelation, isSecretSetting } from './secrets.ts';
import { ANY_SETTING, type Fields, keyOf, type Name, readSyntax, type Syntax, unwrap } from './syntax.ts';

/** One statement, parsed: what it is and what it names; not yet judged. */
export interface ParsedStatement extends Syntax {
  readonly sql: string;
  /** Kind of the statement, such as `SelectStmt`. */
  readonly kind: string;
  readonly fields: Fields;
}

declare const proven: unique symbol;

/** A statement that has been judged, unchanged. Only this file makes one. */
export interface ProvenStatement {
  readonly sql: string;
  /** How many values it takes: the highest `$n`. */
  readonly parameters: number;
  readonly [proven]: true;
}

/** Most characters of SQL whose trees are kept; a tree takes about a hundred times as much memory. */
const KEPT_CHARS = 32 * 1024;
const kept = new Map<string, ParsedStatement>();
let keptChars = 0;

/**
 * Parses one statement with PostgreSQL's own grammar. Throws ToolError invalid_input where it is none (with the place of the error), too_large,
 * and denied for several: what follows the first would run unjudged.
 */
export async function parseStatement(sql: string): Promise<ParsedStatement> {
  // The text alone decides, and what repeats, such as a named query, is short.
  const known = kept.get(sql);
  if (known !== undefined) return known;
  const statement = await parseNew(sql);
  if (keptChars + sql.length > KEPT_CHARS) {
    kept.clear();
    keptChars = 0;
  }
  if (sql.length < KEPT_CHARS / 8) {
    kept.set(sql, statement);
    keptChars += sql.length;
  }
  return statement;
}

async function parseNew(sql: string): Promise<ParsedStatement> {
  const [tree, ...others] = await parseSql(sql);
  if (tree === undefined) throw new ToolError('invalid_input', 'The SQL is empty.', { hint: 'Send one statement.' });
  if (others.length > 0) {
    throw new ToolError('denied', `The SQL holds ${others.length + 1} statements.`, { hint: 'Send one statement a call.' });
  }
  return { sql, ...unwrap(tree), ...readSyntax(tree) };
}

/**
 * Proves that a statement only reads: SELECT, VALUES, TABLE, SHOW, and EXPLAIN of these or, without ANALYZE, of one that changes rows. Throws
 * ToolError denied with what to do instead, and not_found for functions that are not there.
 *
 * Nothing in it, nor in the views, policies, checks and defaults that it leads to, may be of a kind that is not known to be harmless, nor call
 * a function that `objectionTo` objects to. What this cannot see: the bodies of functions that are declared STABLE or IMMUTABLE, and what is
 * reached without being named because only the type of a column leads to it: casts of that type, implicit or to a type of PostgreSQL's, and
 * checks of a domain that a value beside it is turned into (`array_append(column, '5')`, `composite_column = '(5)'`). That is what READ ONLY
 * and a role of few privileges are for.
 */
export function proveRead(statement: ParsedStatement, facts: FunctionFacts): ProvenStatement {
  const { kind, fields, kinds } = statement;
  if (kind === 'VariableShowStmt') return proveShow(statement);
  const explained = kind === 'ExplainStmt' ? provenPlan(fields) : undefined;
  if (explained === undefined && kind !== 'SelectStmt') throw notRead(kind, kind);
  const refused = [...kinds].find((inner) => !READING.has(inner) && !explained?.has(inner));
  if (refused !== undefined) throw notRead(refused);
  judgeNames(statement, facts, 'read');
  return prove(statement);
}

/**
 * Proves that a statement is one that `execute` may run: rows changed or selected, and tables and what belongs to them defined, as far as it
 * can be rolled back. Throws like `proveRead`. Left to the operator: rights (roles, grants, owners, policies), code that would run unjudged
 * later (functions, triggers, rules), the server (settings, extensions, other servers), COPY, and what cannot run in a transaction.
 */
export function proveWrite(statement: ParsedStatement, facts: FunctionFacts): ProvenStatement {
  const { kind, fields, kinds } = statement;
  if (!WRITES.has(kind)) throw notWritten(sqlName(kind));
  refuseWrite(kind, fields);
  const refused = [...kinds].find((inner) => ![READING, CHANGING, DEFINING].some((allowed) => allowed.has(inner)));
  if (refused !== undefined) throw notWritten(sqlName(refused));
  judgeNames(statement, facts, 'write');
  return prove(statement);
}

function prove({ sql, parameters }: ParsedStatement): ProvenStatement {
  // The brand exists for the compiler only: this is the one place that may give it.
  return { sql, parameters } as ProvenStatement;
}

function proveShow(statement: ParsedStatement): ProvenStatement {
  refuseSecretSetting(String(statement.fields['name']));
  return prove(statement);
}

function refuseSecretSetting(name: string): void {
  if (!isSecretSetting(name)) return;
  throw new ToolError('denied', 'SHOW is not allowed for all settings at once, nor for those that may hold a password.', {
    hint: 'Name one setting.',
  });
}

const PLAN_OPTIONS = 'analyze verbose costs settings generic_plan buffers wal timing summary memory serialize format'.split(' ');
const CHANGES = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** The kinds that EXPLAIN may hold beside those that read. */
function provenPlan({ query, options }: Fields): ReadonlySet<string> {
  const chosen = (Array.isArray(options) ? options : []).map((option) => unwrap(option).fields);
  const unknown = chosen.find(({ defname }) => !PLAN_OPTIONS.includes(String(defname)));
  if (unknown) throw new ToolError('invalid_input', 'EXPLAIN has an unknown option.', { hint: `Known: ${PLAN_OPTIONS.join(', ')}.` });
  const own = ['ExplainStmt', 'DefElem'];
  const { kind, fields } = unwrap(query);
  if (!CHANGES.has(kind)) {
    if (kind === 'SelectStmt') return new Set(own);
    throw new ToolError('denied', `EXPLAIN of ${sqlName(kind)} is not allowed.`, { hint: 'Explain the query in it.' });
  }
  if (chosen.some(isOnAnalyze)) {
    throw new ToolError('denied', `EXPLAIN ANALYZE runs the statement, and this one changes data (${sqlName(kind)}).`, {
      hint: 'Leave out ANALYZE to see the plan.',
    });
  }
  // That one statement, but no other that changes data inside of it.
  const nested = [...readSyntax({ ...fields }).kinds].filter((inner) => CHANGES.has(inner));
  if (nested[0] !== undefined) throw notRead(nested[0]);
  return new Set([...own, ...CHANGING]);
}

function isOnAnalyze({ defname, arg }: Fields): boolean {
  if (defname !== 'analyze') return false;
  const { kind, fields } = unwrap(arg);
  if (kind === 'Integer') return (fields['ival'] ?? 0) !== 0;
  return !(kind === 'String' && ['off', 'false'].includes(String(fields['sval']).toLowerCase()));
}

/** For the statement itself, or for a part of it. */
function notRead(kind: string, root = ''): ToolError {
  const hint = WRITES.has(kind) ? USE_EXECUTE : 'Allowed are SELECT, VALUES, TABLE, SHOW and EXPLAIN, without locks and INTO.';
  if (CHANGES.has(kind) && kind !== root) {
    return new ToolError('denied', `A part of the statement changes data (${sqlName(kind)} in WITH).`, { hint });
  }
  return new ToolError('denied', `${sqlName(kind)} is not allowed in a query.`, { hint });
}

const USE_EXECUTE = 'A query only reads. Data is changed with execute, which the operator enables with --write.';

function notWritten(what: string): ToolError {
  return new ToolError('denied', `${what} is not allowed here.`, {
    hint: 'Allowed are SELECT, INSERT, UPDATE, DELETE, MERGE, and CREATE, ALTER, DROP of tables and what belongs to them. Tell the user to do the rest.',
  });
}

/** Parts of ALTER TABLE that change rights, or switch code on and off. */
const RIGHTS = ['ChangeOwner', 'RowSecurity', 'Trig', 'Rule'];

/** Forms of allowed statements that cannot run in a transaction, or that change rights or code. */
function refuseWrite(kind: string, fields: Fields): void {
  if (kind === 'VacuumStmt' && fields['is_vacuumcmd'] === true) throw outsideTransaction('VACUUM', 'ANALYZE alone can.');
  if (fields['concurrent'] === true && kind !== 'RefreshMatViewStmt') throw outsideTransaction('CONCURRENTLY', 'Leave it out.');
  if (fields['authrole'] !== undefined) throw notWritten(`${sqlName(kind)} AUTHORIZATION`);
  const objects = ['objtype', 'objectType', 'removeType', 'renameType'].flatMap((field) => fields[field] ?? []);
  const object = objects.find((type) => !OBJECTS.has(String(type)));
  if (object !== undefined) throw notWritten(`${sqlName(kind)} ${String(object).replace('OBJECT_', '')}`);
  const commands = Array.isArray(fields['cmds']) ? fields['cmds'].map((command) => String(unwrap(command).fields['subtype'])) : [];
  const command = commands.find((subtype) => RIGHTS.some((right) => subtype.includes(right)));
  if (command !== undefined) throw notWritten('ALTER TABLE of an owner or of row security');
}

function outsideTransaction(what: string, hint: string): ToolError {
  return new ToolError('denied', `${what} cannot run in a transaction, and every statement here runs in one.`, { hint });
}

/** Judges what a statement names, and what that names in turn. */
function judgeNames(statement: Syntax, facts: FunctionFacts, mode: 'read' | 'write'): void {
  const seen = new Set<string>();
  const open: Led[] = [{ syntax: statement, via: '', changed: true }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { syntax, via, changed } = next;
    const refused = via === '' ? undefined : [...syntax.kinds].find((kind) => !READING.has(kind));
    if (refused !== undefined) {
      throw new ToolError('denied', `${sqlName(refused)} is not allowed${via}.`, { hint: 'Query the tables behind it.' });
    }
    for (const name of syntax.names) {
      // Of a view that is only read, what a change of its rows would change does not matter.
      if (seen.has(keyOf(name)) || (name.kind === 'target' && !changed)) continue;
      seen.add(keyOf(name));
      judge(name, facts, mode, via);
      const further = { via: via || ` (through ${shown(name)})`, changed: name.kind === 'target' };
      open.push(...facts.of(name).inner.map((inner) => ({ syntax: inner, ...further })));
    }
  }
}

/** SQL that a statement consists of or leads to, and whether rows of what it selects from are changed. */
interface Led {
  readonly syntax: Syntax;
  readonly via: string;
  readonly changed: boolean;
}

function judge(name: Name, facts: FunctionFacts, mode: 'read' | 'write', via: string): void {
  const { found, functions, relations } = facts.of(name);
  if (!found && (name.kind === 'function' || name.kind === 'operator')) {
    throw new ToolError('not_found', `There is no ${name.kind} ${shown(name)}${via}.`, {
      hint: 'Check the name and the schema; list_objects shows the functions that are there.',
    });
  }
  const tells = relations.some(isSecretRelation);
  if (name.kind === 'setting') judgeSetting(name, tells);
  else if (tells) {
    throw new ToolError('denied', `${shown(name)} holds secrets and cannot be read${via}.`, {
      hint: 'Use another view, such as pg_roles; or tell the user that a role with fewer powers may read it, if its secrets are not shown to it.',
    });
  }
  if (name.kind === 'target' && relations.some(({ builtIn }) => builtIn)) {
    throw new ToolError('denied', `${shown(name)} belongs to the system catalogs and cannot be changed${via}.`, {
      hint: 'Use CREATE, ALTER and DROP to change what the catalogs describe.',
    });
  }
  for (const called of functions) {
    const objection = objectionTo(called, mode, facts.allowed) ?? objectionToDetour(name, called);
    if (objection) throw refusal(name, called, objection.reason, objection.hint, via);
  }
}

/** `tells` is whether the server would tell this role a setting that may hold a password. */
function judgeSetting({ name }: Name, tells: boolean): void {
  if (name !== ANY_SETTING) refuseSecretSetting(name);
  else if (tells) {
    throw new ToolError('denied', 'The setting must be named by a plain text: some of this server may hold a password.', {
      hint: "Write current_setting('work_mem').",
    });
  }
}

/** A setting is judged by its name, which only a plain call shows. */
function objectionToDetour({ kind }: Name, { name, builtIn }: CalledFunction): Objection | undefined {
  if (kind === 'function' || name !== 'current_setting' || !builtIn) return undefined;
  return { reason: 'it hides which setting is read', hint: "Write current_setting('work_mem')." };
}

function refusal(name: Name, called: CalledFunction, reason: string, hint: string, via: string): ToolError {
  const direct = name.kind === 'function' && name.name === called.name;
  const by = direct ? '' : `, which the ${name.kind} ${shown(name)} calls,`;
  return new ToolError('denied', `The function ${called.schema}.${called.name}${by} cannot be called${via}: ${reason}.`, { hint });
}

function shown({ schema, name }: Name): string {
  return schema === null ? name : `${schema}.${name}`;
}
