import { parseConnectionUrl } from './connection-url.ts';
import { type Tls, tlsOf } from './tls.ts';

/** Environment variables. */
export type Env = Readonly<Record<string, string | undefined>>;

/** How to reach a database. What is undefined, pg takes from its PG* variable, from PGPASSFILE or its default. */
export interface ConnectionSettings {
  host: string;
  port: number;
  user: string | undefined;
  password: string | undefined;
  /** Whether the URL itself holds it. */
  passwordInUrl: boolean;
  database: string | undefined;
  options: string | undefined;
  sslNegotiation: 'postgres' | 'direct';
  /** SCRAM bound to the TLS connection, which nobody between can pass on. */
  channelBinding: boolean;
  tls: Tls;
  /** Parameters of the URL that mean nothing here. */
  ignored: string[];
}

/** Parameters that mean something here; applications put others of their own into their URLs. */
const KNOWN = new Set(
  'host port user password dbname sslmode ssl sslrootcert sslcert sslkey sslnegotiation channel_binding options application_name'.split(
    ' ',
  ),
);

/** Puts a URL (perhaps none) and the PG* variables together, the URL first. Throws ToolError `invalid_input`, without a word of the URL. */
export function connectionSettings(url: string | undefined, env: Env): ConnectionSettings {
  const address = url === undefined ? { params: {} } : parseConnectionUrl(url);
  const param = (name: string): string | undefined => address.params[name] || env[`PG${name.toUpperCase()}`] || undefined;
  const host = address.host ?? env['PGHOST'] ?? 'localhost';
  const [sslrootcert, sslcert, sslkey] = ['sslrootcert', 'sslcert', 'sslkey'].map(param);
  return {
    host,
    port: address.port ?? Number(env['PGPORT'] || 5432),
    user: address.user,
    password: address.password ?? (env['PGPASSWORD'] || undefined),
    passwordInUrl: address.password !== undefined,
    database: address.database,
    options: address.params['options'],
    sslNegotiation: param('sslnegotiation') === 'direct' ? 'direct' : 'postgres',
    channelBinding: ['prefer', 'require'].includes(address.params['channel_binding'] ?? env['PGCHANNELBINDING'] ?? ''),
    tls: tlsOf({ host, sslmode: param('sslmode') ?? fromSsl(address.params['ssl']), sslrootcert, sslcert, sslkey }),
    ignored: Object.keys(address.params).filter((name) => !KNOWN.has(name)),
  };
}

/** `ssl=true`, as drivers other than libpq have it, asks for protection, and gets it. */
function fromSsl(ssl: string | undefined): string | undefined {
  if (ssl === undefined) return undefined;
  return ['0', 'false'].includes(ssl) ? 'disable' : 'verify-full';
}
