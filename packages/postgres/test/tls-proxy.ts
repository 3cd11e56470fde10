import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';

/** A certificate authority of its own, and a server's certificate for `localhost` alone. Files in a directory that goes with it. */
export function createAuthority() {
  const directory = mkdtempSync(join(tmpdir(), 'touchstone-tls-'));
  const file = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const request = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-batch'];
  openssl(...request, '-x509', '-days', '2', '-subj', '/CN=Test authority', '-keyout', 'ca.key', '-out', 'ca.crt');
  openssl(...request, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  writeFileSync(file('san'), 'subjectAltName=DNS:localhost');
  openssl(
    'x509',
    '-req',
    '-days',
    '2',
    '-in',
    'server.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-extfile',
    'san',
    '-out',
    'server.crt',
  );
  return {
    ca: file('ca.crt'),
    key: readFileSync(file('server.key')),
    cert: readFileSync(file('server.crt')),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}

/** Stands before a PostgreSQL server that speaks no TLS, and speaks it. Counts what came in the clear. */
export async function startTlsProxy(
  target: { host: string; port: number },
  { key, cert, port = 0 }: { key: Buffer; cert: Buffer; port?: number },
) {
  const sockets = new Set<Socket>();
  const seen = { inClear: 0, encrypted: 0 };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (first) => {
      const upstream = connect(target.port, target.host);
      sockets.add(upstream);
      upstream.on('error', () => socket.destroy());
      // An SSLRequest has this code, a startup message its version.
      if (first.readInt32BE(4) !== 80_877_103) {
        seen.inClear += 1;
        upstream.write(first);
        socket.pipe(upstream).pipe(socket);
        return;
      }
      seen.encrypted += 1;
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, key, cert });
      secure.on('error', () => upstream.destroy());
      secure.pipe(upstream).pipe(secure);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    // Listening on a port.
    port: (server.address() as AddressInfo).port,
    seen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
