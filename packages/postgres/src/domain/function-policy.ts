/** A function that a statement calls, directly or through an operator, a cast, an aggregate or a view. */
export interface CalledFunction {
  readonly schema: string;
  readonly name: string;
  /** Declared VOLATILE, as every function is whose author has said nothing. */
  readonly volatile: boolean;
  /** Made with the database cluster: no later function, whatever its schema. */
  readonly builtIn: boolean;
  /** The extension that it belongs to. */
  readonly extension: string | null;
}

/** Why a function may not be called, and what to do instead. */
export interface Objection {
  readonly reason: string;
  readonly hint: string;
}

const names = (...lines: string[]): readonly string[] => lines.flatMap((line) => line.split(' '));

/** Refused whatever their volatility and schema, because of what READ ONLY does not stop. */
const DENIED: Readonly<Record<string, readonly string[]>> = {
  'reaches files of the server': names(
    'pg_read_file pg_read_binary_file pg_read_file_old pg_stat_file pg_ls_dir pg_ls_logdir pg_ls_waldir pg_ls_tmpdir pg_ls_archive_statusdir',
    'pg_ls_replslotdir pg_ls_logicalsnapdir pg_ls_logicalmapdir pg_ls_summariesdir pg_logdir_ls pg_current_logfile pg_hba_file_rules',
    'pg_ident_file_mappings pg_show_all_file_settings pg_file_read pg_file_write pg_file_sync pg_file_rename pg_file_unlink pg_file_length',
    'lo_import lo_export',
  ),
  'runs SQL, or names tables and types, in a text that is not judged': names(
    'query_to_xml query_to_xml_and_xmlschema query_to_xmlschema cursor_to_xml cursor_to_xmlschema table_to_xml table_to_xml_and_xmlschema',
    'table_to_xmlschema schema_to_xml schema_to_xml_and_xmlschema schema_to_xmlschema database_to_xml database_to_xml_and_xmlschema',
    'database_to_xmlschema ts_stat ts_rewrite crosstab crosstab2 crosstab3 crosstab4 connectby xpath_table pg_input_is_valid',
    'pg_input_error_info domain_in record_in array_in range_in multirange_in',
  ),
  'shows settings that may hold a password': names('pg_show_all_settings'),
  'works on another server': names(
    'dblink dblink_exec dblink_connect dblink_connect_u dblink_disconnect dblink_open dblink_fetch dblink_close dblink_send_query',
    'dblink_get_result dblink_cancel_query dblink_get_notify dblink_get_pkey dblink_build_sql_insert dblink_build_sql_delete',
    'dblink_build_sql_update postgres_fdw_disconnect postgres_fdw_disconnect_all',
  ),
  'works on large objects, which READ ONLY does not guard': names(
    'lo_create lo_creat lo_from_bytea lo_put lo_unlink lo_open lo_truncate lo_truncate64 lowrite loread lo_get',
  ),
  'changes settings that guard the session': names('set_config'),
  'uses up a transaction number': names('txid_current pg_current_xact_id'),
  'outlives the transaction or acts on other sessions': names(
    'pg_notify pg_advisory_lock pg_advisory_lock_shared pg_try_advisory_lock pg_try_advisory_lock_shared pg_advisory_unlock_all',
    'pg_advisory_unlock pg_advisory_unlock_shared pg_terminate_backend pg_cancel_backend pg_log_backend_memory_contexts',
  ),
};

const REASONS: ReadonlyMap<string, string> = new Map(Object.entries(DENIED).flatMap(([why, list]) => list.map((name) => [name, why])));

/** Built-in functions that are VOLATILE because their result changes, not because they change anything. pg_sleep ends at the deadline. */
const HARMLESS: ReadonlySet<string> = new Set(
  names(
    'random random_normal array_sample array_shuffle gen_random_uuid uuidv4 uuidv7 clock_timestamp timeofday current_query bernoulli system',
    'pg_sleep pg_sleep_for pg_sleep_until pg_relation_size pg_table_size pg_indexes_size pg_total_relation_size pg_database_size',
    'pg_tablespace_size pg_blocking_pids pg_safe_snapshot_blocking_pids pg_lock_status pg_is_in_recovery pg_is_wal_replay_paused',
    'pg_current_wal_lsn pg_current_wal_insert_lsn pg_current_wal_flush_lsn pg_last_wal_receive_lsn pg_last_wal_replay_lsn',
    'pg_last_xact_replay_timestamp pg_last_committed_xact pg_xact_commit_timestamp pg_xact_status txid_status pg_partition_tree',
    'pg_partition_ancestors pg_sequence_last_value pg_get_sequence_data pg_collation_actual_version pg_database_collation_actual_version',
    'pg_notification_queue_usage pg_jit_available pg_stat_get_io pg_stat_get_backend_io pg_stat_get_backend_wal pg_get_wait_events',
  ),
);

/** Built-in functions of sequences, which belong to a write, and why. */
const WRITING: Readonly<Record<string, string>> = {
  nextval: 'it changes a sequence',
  setval: 'it changes a sequence',
  currval: 'it tells what nextval has given in the same transaction, and that changes a sequence',
  lastval: 'it tells what nextval has given in the same transaction, and that changes a sequence',
};

/** Extensions whose functions compute or measure, although some are VOLATILE. */
const HARMLESS_EXTENSIONS: ReadonlySet<string> = new Set([
  'uuid-ossp',
  'pgcrypto',
  'tsm_system_rows',
  'tsm_system_time',
  'pgstattuple',
  'sslinfo',
]);

/** Those of an extension that has others as well. */
const HARMLESS_OF_EXTENSIONS: ReadonlySet<string> = new Set(
  names(
    'pg_stat_statements.pg_stat_statements pg_stat_statements.pg_stat_statements_info hypopg.hypopg hypopg.hypopg_list_indexes',
    'tablefunc.normal_rand pg_freespacemap.pg_freespace pg_visibility.pg_visibility pg_visibility.pg_visibility_map',
    'pg_visibility.pg_visibility_map_summary pg_buffercache.pg_buffercache_pages pg_buffercache.pg_buffercache_summary',
    'pg_buffercache.pg_buffercache_usage_counts pgrowlocks.pgrowlocks',
  ),
);

/**
 * What stands against calling a function. `allowed` are names that the operator has allowed, with or without a schema; they win. IMMUTABLE
 * and STABLE are taken at their word: PostgreSQL itself refuses writes in them, but not their author's calls of other functions.
 */
export function objectionTo(called: CalledFunction, mode: 'read' | 'write', allowed: readonly string[]): Objection | undefined {
  const { schema, name, volatile, builtIn, extension } = called;
  if (allowed.includes(name) || allowed.includes(`${schema}.${name}`)) return undefined;
  const denied = REASONS.get(name);
  if (denied !== undefined) return { reason: `it ${denied}`, hint: `Leave it out. ${ALLOW}` };
  if (!volatile) return undefined;
  if (builtIn) return objectionToBuiltIn(name, mode);
  if (extension !== null) {
    if (HARMLESS_EXTENSIONS.has(extension) || HARMLESS_OF_EXTENSIONS.has(`${extension}.${name}`)) return undefined;
    return { reason: `it is a VOLATILE function of the extension ${extension}`, hint: ALLOW };
  }
  if (mode === 'write') return undefined;
  return { reason: 'it is VOLATILE and may change data', hint: `If it only reads, its owner should mark it STABLE. ${ALLOW}` };
}

function objectionToBuiltIn(name: string, mode: 'read' | 'write'): Objection | undefined {
  if (HARMLESS.has(name)) return undefined;
  const why = Object.hasOwn(WRITING, name) ? WRITING[name] : undefined;
  if (why === undefined) return { reason: 'it may change the state of the server', hint: `Leave it out. ${ALLOW}` };
  if (mode === 'write') return undefined;
  return { reason: why, hint: 'Select last_value from the sequence, or use execute, which the operator enables with --write.' };
}

const ALLOW = 'The operator can allow it with --allow-functions.';
