import { ToolError } from '@touchstone-mcp/core/errors';
import { factsQuery } from './facts-query.ts';
import type { CalledFunction } from './function-policy.ts';
import { parseSql } from './grammar.ts';
import { keyOf, type Name, readSyntax, type Syntax, targetOf, unwrap } from './syntax.ts';

/** What a database says about one name. */
export interface Fact {
  /** Whether there is anything of that name. */
  readonly found: boolean;
  /** Functions that run where the name is used. Of built-in operators and casts, none: they only compute. */
  readonly functions: readonly CalledFunction[];
  /** Relations of that name. */
  readonly relations: readonly { readonly name: string; readonly builtIn: boolean; readonly tells: boolean }[];
  /** SQL that runs where the name is used: definitions of views, conditions of policies, checks of domains, defaults of arguments. */
  readonly inner: readonly Syntax[];
}

/** What a database says about all that a statement names, and about what those name in turn. */
export interface FunctionFacts {
  of(name: Name): Fact;
  /** Functions that the operator allows: `name` or `schema.name`. */
  readonly allowed: readonly string[];
}

/** What is needed of a `Session`. */
export interface Catalog {
  rows<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]>;
}

const UNKNOWN: Fact = { found: false, functions: [], relations: [], inner: [] };

/** Most names that one statement may lead to. */
const MOST_NAMES = 5_000;

/**
 * What one database has said lately, so that a statement whose names are known costs no round trip. It may be out of date for a few seconds:
 * somebody who may change functions made one VOLATILE meanwhile. Then READ ONLY stands behind it, as it does behind every false STABLE.
 */
export class FactCache {
  readonly #facts = new Map<string, { fact: Fact; until: number }>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get(key: string): Fact | undefined {
    const known = this.#facts.get(key);
    return known !== undefined && known.until > this.#now() ? known.fact : undefined;
  }

  set(key: string, fact: Fact): void {
    if (this.#facts.size >= MOST_NAMES) this.clear();
    this.#facts.set(key, { fact, until: this.#now() + 10_000 });
  }

  /** Forgets all, as after a change of the schema. */
  clear(): void {
    this.#facts.clear();
  }
}

/**
 * Asks a database for all that `names` stand for in its session: one query, and one more for each level of views; none for what the cache
 * knows. Throws ToolError denied where they lead to thousands of names.
 *
 * Names without a schema are looked up in the whole search path, because PostgreSQL picks a function by its arguments first and by the path
 * last: what the worst of them may do, the statement may do. The session must have `standard_conforming_strings = on`, and in its path
 * everything that it will have when the statement runs.
 */
export async function functionFacts(
  session: Catalog,
  names: readonly Name[],
  allowed: readonly string[],
  cache: FactCache = new FactCache(),
): Promise<FunctionFacts> {
  const facts = new Map<string, Fact>();
  let open = names;
  while (open.length > 0) {
    if (facts.size + open.length > MOST_NAMES) {
      throw new ToolError('denied', 'The SQL and its views name too many things to be judged.', { hint: 'Split the query.' });
    }
    for (const [key, fact] of await factsOf(session, open, cache)) facts.set(key, fact);
    const inner = open.flatMap((name) => facts.get(keyOf(name))?.inner ?? []).flatMap((syntax) => syntax.names);
    open = [...new Map(inner.map((name) => [keyOf(name), name])).values()].filter((name) => !facts.has(keyOf(name)));
  }
  return { of: (name) => facts.get(keyOf(name)) ?? UNKNOWN, allowed };
}

async function factsOf(session: Catalog, names: readonly Name[], cache: FactCache): Promise<Map<string, Fact>> {
  const facts = new Map<string, Fact>();
  const missing: Name[] = [];
  for (const name of names) {
    const known = cache.get(keyOf(name));
    if (known === undefined) missing.push(name);
    else facts.set(keyOf(name), known);
  }
  if (missing.length === 0) return facts;
  const columns = [missing.map(({ kind }) => kind), missing.map(({ schema }) => schema), missing.map(({ name }) => name)];
  const rows = Map.groupBy(await session.rows<FactRow>(factsQuery(missing), columns), ({ id }) => id);
  for (const [index, name] of missing.entries()) {
    const fact = await toFact(rows.get(index + 1) ?? []);
    facts.set(keyOf(name), fact);
    // Whoever calls a function before it is made may do so right after. Of fields, nearly none are functions; settings are no facts.
    if (fact.found || ['field', 'keyword', 'setting'].includes(name.kind)) cache.set(keyOf(name), fact);
  }
  return facts;
}

/** One thing that a name stands for: which of the others are null says what it is. */
interface FactRow {
  id: number;
  schema: string | null;
  function: string | null;
  volatile: boolean | null;
  extension: string | null;
  relation: string | null;
  tells: boolean | null;
  built_in: boolean | null;
  definition: string | null;
}

async function toFact(rows: readonly FactRow[]): Promise<Fact> {
  const definitions = rows.flatMap(({ definition }) => definition ?? []);
  return {
    found: rows.length > 0,
    functions: rows.flatMap(({ function: name, schema, volatile, built_in: builtIn, extension }) =>
      name === null ? [] : [{ name, schema: schema ?? '', volatile: volatile !== false, builtIn: builtIn === true, extension }],
    ),
    relations: rows.flatMap(({ relation, tells, built_in: builtIn }) =>
      relation === null ? [] : [{ name: relation, builtIn: builtIn === true, tells: tells === true }],
    ),
    inner: (await Promise.all(definitions.map(readDefinition))).flat(),
  };
}

async function readDefinition(sql: string): Promise<Syntax[]> {
  try {
    return (await parseSql(sql)).map((tree) => withTarget(readSyntax(tree), tree));
  } catch (cause) {
    throw new ToolError('denied', 'A view, policy, check or default that the SQL leads to cannot be parsed.', {
      hint: 'Query the tables behind it.',
      cause,
    });
  }
}

/** A view of one relation can be changed, and that relation with it. */
function withTarget(syntax: Syntax, tree: unknown): Syntax {
  const { fromClause } = unwrap(tree).fields;
  const [source, ...others] = Array.isArray(fromClause) ? fromClause.map(unwrap) : [];
  if (source?.kind !== 'RangeVar' || others.length > 0) return syntax;
  return { ...syntax, names: [...syntax.names, targetOf(source.fields)] };
}
