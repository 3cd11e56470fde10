/** Kinds of nodes by name, split from one string. */
const kinds = (...lines: string[]): ReadonlySet<string> => new Set(lines.flatMap((line) => line.split(' ')));

/** Nodes that only read, whatever they hold. What is not here is refused: a new version of the grammar must not open a hole. */
export const READING = kinds(
  'SelectStmt WithClause CommonTableExpr CTESearchClause CTECycleClause ResTarget SortBy GroupingSet GroupingFunc WindowDef',
  'RangeVar RangeSubselect RangeFunction RangeTableSample RangeTableFunc RangeTableFuncCol JoinExpr Alias ColumnDef',
  'ColumnRef A_Star ParamRef A_Const Integer Float Boolean String BitString A_Expr BoolExpr NullTest BooleanTest SubLink',
  'FuncCall NamedArgExpr A_Indirection A_Indices A_ArrayExpr RowExpr CaseExpr CaseWhen CoalesceExpr MinMaxExpr SQLValueFunction',
  'TypeCast TypeName CollateClause XmlExpr XmlSerialize',
  'JsonTable JsonTableColumn JsonTablePathSpec JsonFuncExpr JsonOutput JsonReturning JsonFormat JsonValueExpr JsonArgument JsonBehavior',
  'JsonKeyValue JsonParseExpr JsonScalarExpr JsonSerializeExpr JsonObjectConstructor JsonArrayConstructor JsonArrayQueryConstructor',
  'JsonAggConstructor JsonObjectAgg JsonArrayAgg JsonIsPredicate',
  // List.items: the place that ROWS FROM leaves empty where a function has no column definitions.
  'List List.items',
);

/** What a statement that changes rows holds beside that. */
export const CHANGING = kinds(
  'InsertStmt UpdateStmt DeleteStmt MergeStmt OnConflictClause InferClause IndexElem MergeWhenClause MergeSupportFunc MultiAssignRef',
  'SetToDefault ReturningClause ReturningOption',
);

/** What a statement that changes tables and their like holds beside that. */
export const DEFINING = kinds(
  'CreateStmt CreateTableAsStmt IntoClause ViewStmt IndexStmt AlterTableStmt RenameStmt AlterObjectSchemaStmt DropStmt TruncateStmt',
  'CreateSchemaStmt CreateSeqStmt AlterSeqStmt CreateEnumStmt AlterEnumStmt CompositeTypeStmt CreateDomainStmt AlterDomainStmt',
  'CommentStmt CreateStatsStmt AlterStatsStmt RefreshMatViewStmt VacuumStmt',
  'AlterTableCmd Constraint TableLikeClause PartitionSpec PartitionElem PartitionBoundSpec PartitionRangeDatum PartitionCmd',
  'DefElem StatsElem VacuumRelation ReplicaIdentityStmt ATAlterConstraint',
  'LockingClause RoleSpec',
);

/** Statements that `execute` runs: they can be rolled back, and hold no code that would run unjudged. */
export const WRITES = kinds(
  'SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt',
  'CreateStmt CreateTableAsStmt ViewStmt IndexStmt AlterTableStmt RenameStmt AlterObjectSchemaStmt DropStmt TruncateStmt',
  'CreateSchemaStmt CreateSeqStmt AlterSeqStmt CreateEnumStmt AlterEnumStmt CompositeTypeStmt CreateDomainStmt AlterDomainStmt',
  'CommentStmt CreateStatsStmt AlterStatsStmt RefreshMatViewStmt VacuumStmt',
);

/** Objects that may be dropped, renamed, moved, altered and commented on: those that hold or arrange rows. */
export const OBJECTS = kinds(
  'OBJECT_TABLE OBJECT_COLUMN OBJECT_VIEW OBJECT_MATVIEW OBJECT_INDEX OBJECT_SEQUENCE OBJECT_SCHEMA OBJECT_TYPE OBJECT_DOMAIN',
  'OBJECT_DOMCONSTRAINT OBJECT_TABCONSTRAINT OBJECT_ATTRIBUTE OBJECT_STATISTIC_EXT',
);

/** Nodes that are refused, as SQL names them. Those that are not here are named after their kind. */
const SQL_NAMES: Readonly<Record<string, string>> = {
  LockingClause: 'FOR UPDATE or FOR SHARE',
  IntoClause: 'SELECT INTO',
  TransactionStmt: 'transaction control',
  VariableSetStmt: 'SET or RESET',
  AlterSystemStmt: 'ALTER SYSTEM',
  CheckPointStmt: 'CHECKPOINT',
  ConstraintsSetStmt: 'SET CONSTRAINTS',
  CreatePLangStmt: 'CREATE LANGUAGE',
  CreateTrigStmt: 'CREATE TRIGGER',
  CreateStmt: 'CREATE TABLE',
  CreateSeqStmt: 'CREATE SEQUENCE',
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  DeclareCursorStmt: 'DECLARE CURSOR',
  IndexStmt: 'CREATE INDEX',
  LockStmt: 'LOCK TABLE',
  RefreshMatViewStmt: 'REFRESH MATERIALIZED VIEW',
  RuleStmt: 'CREATE RULE',
  SecLabelStmt: 'SECURITY LABEL',
  VacuumStmt: 'VACUUM or ANALYZE',
  VariableShowStmt: 'SHOW',
  ViewStmt: 'CREATE VIEW',
};

/** A kind in the words of SQL: `COPY`, `CREATE FUNCTION`, `FOR UPDATE or FOR SHARE`. */
export function sqlName(kind: string): string {
  const words = kind.replace(/Stmt$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return Object.hasOwn(SQL_NAMES, kind) ? String(SQL_NAMES[kind]) : words.toUpperCase();
}
