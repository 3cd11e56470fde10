import { parseStatement } from './statement.ts';
import { unwrap } from './syntax.ts';

/** What destroys, by the kind of node in the grammar's tree, and when. */
const DESTROYS: Readonly<Record<string, (fields: Readonly<Record<string, unknown>>) => string | undefined>> = {
  DropStmt: () => 'drops what it names',
  TruncateStmt: () => 'deletes all rows',
  DeleteStmt: ({ whereClause }) => (whereClause === undefined ? 'deletes all rows' : undefined),
  UpdateStmt: ({ whereClause }) => (whereClause === undefined ? 'changes all rows' : undefined),
  MergeWhenClause({ commandType, condition }) {
    if (condition !== undefined) return undefined;
    return { CMD_DELETE: 'deletes all rows that match', CMD_UPDATE: 'changes all rows that match' }[String(commandType)];
  },
  AlterTableCmd: ({ subtype, def }) => {
    if (subtype === 'AT_DropColumn') return 'drops a column';
    // USING.
    return subtype === 'AT_AlterColumnType' && 'raw_default' in unwrap(def).fields ? 'replaces all values of a column' : undefined;
  },
};

/** What a statement destroys that nobody could bring back, in words; undefined where it does no such thing. Throws like `parseStatement`. */
export async function destructionOf(sql: string): Promise<string | undefined> {
  const { kind, fields } = await parseStatement(sql);
  // Anywhere in it: WITH may hold such a statement. A list, because trees may be deeper than the stack.
  const open: unknown[] = [{ [kind]: fields }];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    for (const [key, value] of Object.entries(node)) {
      const found = Object.hasOwn(DESTROYS, key) ? DESTROYS[key]?.(value) : undefined;
      if (found !== undefined) return found;
      open.push(value);
    }
  }
  return undefined;
}
