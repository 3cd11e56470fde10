import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { ToolError } from '@touchstone-mcp/core/errors';

/** What decides how a connection is protected, in libpq's words. */
export interface TlsSettings {
  host: string;
  sslmode: string | undefined;
  sslrootcert: string | undefined;
  sslcert: string | undefined;
  sslkey: string | undefined;
}

/** How a connection is protected. */
export interface Tls {
  ssl: false | ConnectionOptions;
  /** Whether to go on in the clear where the server offers no TLS. */
  optional: boolean;
  /** What an operator should know. */
  warning: string | undefined;
}

const PLAIN: Tls = { ssl: false, optional: false, warning: undefined };

const UNENCRYPTED = 'The connection to the database is not encrypted: set sslmode=verify-full.';
const UNVERIFIED =
  'The connection to the database is encrypted, but nothing proves whom it reaches: set sslmode=verify-full (and sslrootcert).';
const OPPORTUNE =
  'The connection to the database is encrypted only if the server offers it, and nothing proves whom it reaches: set sslmode.';

/**
 * libpq's modes, with its meanings: `require` encrypts, and verifies the chain only where there is a root certificate; `prefer` (the default
 * to other machines) encrypts where the server can. Neither stands up to somebody between, so both warn. To this machine the default is
 * no TLS: nobody is between. Throws ToolError `invalid_input` for a mode that is not known or a file that cannot be read.
 */
export function tlsOf({ host, sslmode, sslrootcert, sslcert, sslkey }: TlsSettings): Tls {
  const mode = sslmode ?? (isLocal(host) ? 'disable' : 'prefer');
  const files = {
    ...(sslrootcert === undefined || sslrootcert === 'system' ? {} : { ca: read('sslrootcert', sslrootcert) }),
    ...(sslcert === undefined ? {} : { cert: read('sslcert', sslcert) }),
    ...(sslkey === undefined ? {} : { key: read('sslkey', sslkey) }),
  };
  switch (mode) {
    case 'disable':
      return isLocal(host) ? PLAIN : { ...PLAIN, warning: UNENCRYPTED };
    case 'prefer':
      return { ssl: { ...files, rejectUnauthorized: false }, optional: true, warning: OPPORTUNE };
    case 'require':
    case 'no-verify':
      if (files.ca !== undefined && mode === 'require') return chainOnly(files);
      return { ssl: { ...files, rejectUnauthorized: false }, optional: false, warning: UNVERIFIED };
    case 'verify-ca':
      // Anybody can have a certificate of a public authority: without the name, that proves nothing.
      if (files.ca === undefined)
        throw unusable('verify-ca needs sslrootcert, the certificate of your own authority; else use verify-full.');
      return chainOnly(files);
    case 'verify-full':
      return { ssl: files, optional: false, warning: undefined };
    default:
      throw unusable('It must be disable, prefer, require, verify-ca or verify-full.');
  }
}

function chainOnly(files: ConnectionOptions): Tls {
  return { ssl: { ...files, checkServerIdentity: () => undefined }, optional: false, warning: undefined };
}

/** Whether a host is this machine: a socket in a directory, or a loopback name. */
export function isLocal(host: string): boolean {
  return host.startsWith('/') || /^(localhost|127(\.\d+){3}|::1)$/.test(host);
}

function read(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ToolError('invalid_input', `The file that ${setting} names cannot be read.`, {
      hint: 'Check the path and its permissions.',
      cause,
    });
  }
}

function unusable(hint: string): ToolError {
  return new ToolError('invalid_input', 'This sslmode cannot be used.', { hint });
}
