import type { ColumnDescription, ConstraintDescription, Description, IndexDescription, ReferenceDescription } from './description.ts';
import { sizeOf } from './size.ts';

/** A description as a person would write it: a column a line, then what else there is. */
export function descriptionLines(description: Description): string[] {
  const { definition, columns, constraints, indexes, referencedBy, triggers, rowSecurity, policies, sample, omitted } = description;
  return [
    headLine(description),
    ...columns.map(columnLine),
    ...(constraints ?? []).map(constraintLine),
    ...section('indexes:', indexes?.map(indexLine)),
    ...section('referenced by:', referencedBy?.map(referenceLine)),
    ...section('triggers:', triggers?.map(indented)),
    ...section(rowSecurity ? 'row security is on, policies:' : 'row security is off, policies:', policies?.map(indented)),
    ...(rowSecurity && policies === undefined ? ['row security is on, without a policy: only the owner sees rows'] : []),
    ...section('definition:', definition?.split('\n').map(indented)),
    ...section(
      `sample (${sample?.columns.join(', ')}):`,
      sample?.rows.map((row) => `  ${JSON.stringify(row)}`),
    ),
    ...(omitted === undefined
      ? []
      : [`[${omitted} more columns, keys or indexes have no room here; query information_schema or pg_catalog for them]`]),
  ];
}

/** Kind and name, and how large it is. */
export function headLine({ kind, name, comment, rows, bytes, server, partitionedBy, partitions, partitionOf }: Description): string {
  const size = [
    kind === 'table' || kind === 'materialized view' ? (rows === undefined ? 'never analyzed' : `~${rows} rows`) : '',
    bytes === undefined ? '' : sizeOf(bytes),
  ].filter((part) => part !== '');
  return [
    `${kind} ${name}`,
    server === undefined ? '' : ` on server ${server}`,
    partitionedBy === undefined ? '' : ` partitioned by ${partitionedBy}, ${partitions} partitions`,
    partitionOf === undefined ? '' : ` partition of ${partitionOf}`,
    size.length === 0 ? '' : ` (${size.join(', ')})`,
    comment === undefined ? '' : ` - ${comment}`,
  ].join('');
}

/** A column as in CREATE TABLE. */
export function columnLine({ name, type, nullable, default: value, values, base, comment }: ColumnDescription): string {
  return [
    `  ${name} ${type}`,
    base === undefined ? '' : ` (domain over ${base})`,
    values === undefined ? '' : ` (${values.join(', ')})`,
    nullable ? '' : ' not null',
    value === undefined ? '' : value.startsWith('generated ') ? ` ${value}` : ` default ${value}`,
    comment === undefined ? '' : ` - ${comment}`,
  ].join('');
}

/** As in CREATE TABLE, without the name, which says little. */
export function constraintLine({ definition }: ConstraintDescription): string {
  return `  ${definition}`;
}

/** An index: name, and what follows its method. */
export function indexLine({ name, unique, valid, definition }: IndexDescription): string {
  return `  ${name}${unique ? ' unique' : ''} ${definition}${valid ? '' : ' (invalid)'}`;
}

/** A table and its foreign key. */
export function referenceLine({ table, definition }: ReferenceDescription): string {
  return `  ${table} ${definition}`;
}

/** Nothing of the database's begins a line, or it could pass for a section. */
function indented(line: string): string {
  return `  ${line}`;
}

function section(title: string, lines: readonly string[] | undefined): string[] {
  return lines === undefined || lines.length === 0 ? [] : [title, ...lines];
}
