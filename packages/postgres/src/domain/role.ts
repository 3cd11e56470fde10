import type { Database } from './database.ts';

/** What a role may do that a reading server has no use for. */
export interface Powers {
  role: string;
  superuser: boolean;
  bypassesRowSecurity: boolean;
  /** Memberships that reach files and programs of the machine. */
  memberships: string[];
  /** Tables, views and the like that it owns. */
  owned: number;
  /** Schemas that it may create in. */
  creates: string[];
  database: string;
}

const POWERS = `
  select current_user as role, r.rolsuper as superuser, r.rolbypassrls as "bypassesRowSecurity", current_database() as database,
    array(select g.rolname from pg_roles g where pg_has_role(r.oid, g.oid, 'member')
      and g.rolname in ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program') order by 1) as memberships,
    (select count(*) from pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')) as owned,
    array(select n.nspname from pg_namespace n where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
      and has_schema_privilege(n.oid, 'create') order by 1) as creates
  from pg_roles r where r.rolname = current_user`;

/** Looks up what the server's role may do. */
export async function powersOf(database: Database, signal: AbortSignal): Promise<Powers> {
  const [powers] = await database.read((session) => session.rows<Powers>(POWERS), { signal });
  if (powers === undefined) throw new Error('A role that is not in pg_roles');
  return powers;
}

/** What an operator should hear of them: what is too much, and the statements that make a role of its own. Undefined where all is well. */
export function warningAbout(powers: Powers, write: boolean): string | undefined {
  const { role, superuser, bypassesRowSecurity, memberships, owned, creates } = powers;
  const excess = [
    ...(superuser ? ['is a superuser'] : []),
    ...(bypassesRowSecurity && !superuser ? ['passes over row security'] : []),
    ...(superuser ? [] : memberships.map((name) => `is a member of ${name}`)),
    ...(owned > 0 && !write ? [`owns ${owned} tables or views`] : []),
    ...(creates.length > 0 && !write && !superuser ? [`may create in ${creates.join(', ')}`] : []),
  ];
  if (excess.length === 0) return undefined;
  return `The role ${role} ${excess.join(', ')}. READ ONLY holds all the same, but a role of few powers is the wall that needs no trust in us: ${grants(powers, write)}`;
}

function grants({ database }: Powers, write: boolean): string {
  const name = write ? 'mcp_writer' : 'mcp_reader';
  return [
    `CREATE ROLE ${name} LOGIN PASSWORD '...' NOSUPERUSER NOBYPASSRLS;`,
    `GRANT CONNECT ON DATABASE ${quoted(database)} TO ${name};`,
    `GRANT USAGE ON SCHEMA public TO ${name};`,
    `GRANT SELECT${write ? ', INSERT, UPDATE, DELETE' : ''} ON ALL TABLES IN SCHEMA public TO ${name};`,
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
  ].join(' ');
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
