/** Where a PostgreSQL server answers, and who may do everything there. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly password: string;
}

/** A PostgreSQL server that the tests run against. */
export interface PostgresServer extends Address {
  readonly kind: 'container' | 'embedded';
  /** Major version. */
  readonly version: number;
  /** Names of the extensions that may be created. An embedded server lacks `hypopg`: skip what needs it, and say why. */
  readonly extensions: readonly string[];
}

/** A server that ends when it is disposed of. */
export interface StartedServer extends AsyncDisposable {
  readonly server: PostgresServer;
}

/** URL of a database, for the superuser unless another role is given. All roles of the tests have the same password. */
export function databaseUrl({ host, port, superuser, password }: Address, database: string, role = superuser): string {
  return `postgres://${role}:${password}@${host}:${port}/${database}?sslmode=disable`;
}
