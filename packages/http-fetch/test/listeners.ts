import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Something that listens on loopback. */
export interface Listener extends AsyncDisposable {
  readonly port: number;
  /** Connections so far. */
  readonly connections: () => number;
}

/** Has a server listen. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<Listener> {
  const open = new Set<Socket>();
  let count = 0;
  server.on('connection', (socket: Socket) => {
    count += 1;
    open.add(socket.on('error', () => {}).on('close', () => open.delete(socket)));
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** An HTTP server. */
export function listenHttp(onRequest: RequestListener): Promise<Listener> {
  return listen(createServer(onRequest));
}

/** Anything that speaks over TCP, or does not; on loopback unless a host is named. */
export function listenTcp(onConnection: (socket: Socket) => void, host?: string): Promise<Listener> {
  return listen(createTcpServer(onConnection), host);
}

/** An HTTPS server with a certificate and its key, in PEM. */
export function listenHttps(certificate: { cert: string; key: string }, onRequest: RequestListener): Promise<Listener> {
  return listen(createTlsServer(certificate, onRequest));
}

/** A port at which nobody listens. */
export async function closedPort(): Promise<number> {
  await using listener = await listenTcp(() => {});
  return listener.port;
}

/** An authority of our own, and certificates that it has signed. */
export interface Authority extends Disposable {
  /** The PEM file of its certificate. */
  readonly file: string;
  /** A certificate for a host that is good for so many days; for -1, it ended yesterday. */
  issue(host: string, days?: number): { cert: string; key: string };
}

/** Makes an authority with openssl, which every system that runs these tests has. */
export function createAuthority(): Authority {
  const directory = mkdtempSync(join(tmpdir(), 'touchstone-ca-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const request = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(...request, '-x509', '-days', '2', '-subj', '/CN=Test authority', '-keyout', 'ca.key', '-out', 'ca.crt');
  return {
    file: join(directory, 'ca.crt'),
    issue(host, days = 2) {
      openssl(...request, '-subj', `/CN=${host}`, '-keyout', 'host.key', '-out', 'host.csr');
      writeFileSync(join(directory, 'host.ext'), `subjectAltName=DNS:${host}`);
      openssl(
        'x509',
        '-req',
        '-in',
        'host.csr',
        '-CA',
        'ca.crt',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-days',
        String(days),
        '-extfile',
        'host.ext',
        '-out',
        'host.crt',
      );
      const read = (name: string) => readFileSync(join(directory, name), 'utf8');
      return { cert: read('host.crt'), key: read('host.key') };
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
