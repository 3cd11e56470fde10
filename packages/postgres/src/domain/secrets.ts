/** Built-in relations that hold passwords, password hashes, connection strings, or contents that no privilege of a table guards. */
const SECRET_RELATIONS: ReadonlySet<string> = new Set(
  [
    'pg_authid pg_shadow pg_user_mapping pg_user_mappings pg_subscription pg_largeobject pg_statistic pg_statistic_ext_data',
    'pg_hba_file_rules pg_ident_file_mappings pg_file_settings user_mapping_options _pg_user_mappings',
  ].flatMap((line) => line.split(' ')),
);

/** Settings that may hold a password. */
const SECRET_SETTINGS: ReadonlySet<string> = new Set(['primary_conninfo', 'ssl_passphrase_command', 'all']);

/** `password=x` in a connection string, and `PASSWORD 'x'` in a statement that may have been cut off. */
const PASSWORDS = [
  /(\bpassword\s*=\s*)(?:''[^']*''|\\'.*?\\'|[^\s'$][^\s']*)/gi,
  /(\bpassword\s*=?\s*)(?:(?:e|u&)?'(?:[^'\\]|''|\\.)*'?|(\$\w*\$)[\s\S]*?(?:\2|$))/gi,
];

/** A statement that others have sent, without the passwords in it. */
export function withoutPasswords(sql: string): string {
  return PASSWORDS.reduce((text, pattern) => text.replace(pattern, '$1***'), sql);
}

/** Whether a relation is not to be read, whoever may: also TOAST, which holds the long values of those that are secret. */
export function isSecretRelation({ name, builtIn, toast }: { name: string; builtIn: boolean; toast: boolean }): boolean {
  return toast || (builtIn && SECRET_RELATIONS.has(name));
}

/** Whether SHOW is not to tell a setting. `SHOW ALL` has them all. */
export function isSecretSetting(name: string): boolean {
  return SECRET_SETTINGS.has(name.toLowerCase());
}
