import { type HealthCheck, OWN_SCHEMA } from './check.ts';

/** The column that a sequence fills may end before the sequence does. */
export const sequences: HealthCheck = {
  good: 'No sequence is near its end.',
  bad: 'sequences are near their end',
  sql: `
    with sequence as (
      select format('%I.%I', n.nspname, c.relname) as name, s.last_value::numeric as last, s.increment_by > 0 as up,
        s.min_value::numeric as low, least(s.max_value, owner.most)::numeric as high, s.max_value > owner.most as column_ends_first, owner.*
      from pg_sequences s join pg_namespace n on n.nspname = s.schemaname
      join pg_class c on c.relnamespace = n.oid and c.relname = s.sequencename
      left join lateral (
        select quote_ident(a.attname) as column_name, d.refobjid::regclass::text as table_name, format_type(a.atttypid, null) as type,
          case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 end as most
        from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        limit 1) as owner on true
      where not s.cycle and ${OWN_SCHEMA}
    ), used as (
      select *, case when up then last - low else high - last end / nullif(high - low, 0) as share from sequence
    )
    select case when share >= 0.9 then 'critical' else 'warn' end as level, name as object,
      format('%s %% used: it stands at %s%s%s.', trunc(100 * share, 1), last,
        case when up then format(' of %s', high) else format(', down to %s', low) end,
        case when up and column_ends_first then format(', the end of %s.%s (%s)', table_name, column_name, type) end) as detail,
      concat_ws(' ',
        case when up and not coalesce(column_ends_first, false) and high <= 2147483647
          then format('ALTER SEQUENCE %s AS bigint MAXVALUE 9223372036854775807;', name) end,
        case when up and most is not null
          then format('ALTER TABLE %s ALTER COLUMN %s TYPE bigint; -- rewrites and locks it', table_name, column_name) end) as fix,
      share as weight
    from used where share >= 0.7
    union all
    select 'unseen', null, format('The values of %s sequences are hidden from this role.', count(*)),
      format('GRANT SELECT ON ALL SEQUENCES IN SCHEMA %s TO %I;', string_agg(distinct quote_ident(n.nspname), ', '), current_user), 0
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where case c.relkind when 'S' then not has_sequence_privilege(c.oid, 'usage, select') else false end and ${OWN_SCHEMA}
    having count(*) > 0`,
};
