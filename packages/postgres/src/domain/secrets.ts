/** Built-in relations that hold passwords, password hashes, connection strings, or contents that no privilege of a table guards. */
const SECRET_RELATIONS: ReadonlySet<string> = new Set(
  [
    'pg_authid pg_shadow pg_user_mapping pg_user_mappings pg_subscription pg_largeobject pg_statistic pg_statistic_ext_data',
    'pg_hba_file_rules pg_ident_file_mappings pg_file_settings user_mapping_options _pg_user_mappings',
  ].flatMap((line) => line.split(' ')),
);

/** Settings that may hold a password. */
export const SECRET_SETTINGS = ['primary_conninfo', 'ssl_passphrase_command'] as const;
const NOT_SHOWN: ReadonlySet<string> = new Set([...SECRET_SETTINGS, 'all']);

/** Columns of system catalogs of which statistics hold samples. */
export const SECRET_COLUMNS = ['rolpassword', 'umoptions', 'subconninfo', 'data'] as const;

/** `password=x` in a connection string, and `PASSWORD 'x'` in a statement that may have been cut off. */
const PASSWORDS = [
  /(\bpassword\s*=\s*)(?:''[^']*''|\\'.*?\\'|[^\s'$][^\s']*)/gi,
  /(\bpassword\s*=?\s*)(?:(?:e|u&)?'(?:[^'\\]|''|\\.)*'?|(\$\w*\$)[\s\S]*?(?:\2|$))/gi,
];

/** A statement that others have sent, without the passwords in it. */
export function withoutPasswords(sql: string): string {
  return PASSWORDS.reduce((text, pattern) => text.replace(pattern, '$1***'), sql);
}

/** Whether a relation is not to be read, whoever may. `tells` is what the database says: that it shows this role a secret, among other things. */
export function isSecretRelation({ name, builtIn, tells }: { name: string; builtIn: boolean; tells: boolean }): boolean {
  return tells || (builtIn && SECRET_RELATIONS.has(name));
}

/** Whether SHOW is not to tell a setting. `SHOW ALL` has them all. */
export function isSecretSetting(name: string): boolean {
  return NOT_SHOWN.has(name.toLowerCase());
}
