import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { isSameAddress, type PublicAddress } from './address.ts';
import { type Limits, MAX_HEADER_BYTES } from './limits.ts';
import type { Network } from './network.ts';
import { innerHost } from './url.ts';

/** Connections to one host at one port. */
const PER_HOST = 4;
const MAX_POOLS = 100;
/** An address that is not the last one gets this long: many machines believe that they have IPv6. */
const FIRST_TRY_MS = 2_000;

export interface ConnectionSettings {
  readonly limits: Limits;
  readonly network: Network;
  /** PEM of the authorities to trust; undefined for those of Node. */
  readonly ca: readonly string[] | undefined;
  /** What dials in our place, and resolves names itself. */
  readonly proxyUrl: string | undefined;
}

/**
 * Connections, kept by origin and by the judged addresses that they go to, so that none is ever used for a name that was judged otherwise.
 * HTTP/1.1 only: no coalescing, no Alt-Svc. The environment's proxies count for nothing.
 */
export class Connections implements AsyncDisposable {
  readonly #settings: ConnectionSettings;
  readonly #pools = new Map<string, Dispatcher>();
  readonly #tls: buildConnector.BuildOptions;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
    const { ca, limits } = settings;
    // Made once: a list of authorities takes longer to read than a handshake.
    const trust = ca === undefined ? {} : { secureContext: createSecureContext({ ca: [...ca] }) };
    this.#tls = { allowH2: false, rejectUnauthorized: true, timeout: limits.connectMs, ...trust };
  }

  /** What sends requests for an origin to one of the addresses; with a proxy, to the proxy. */
  to(origin: string, addresses: readonly PublicAddress[]): Dispatcher {
    const key = [origin, ...addresses.toSorted()].join(' ');
    const pool = this.#pools.get(key) ?? this.#open(origin, addresses);
    // The one used last stands last, and the first is the one to go.
    this.#pools.delete(key);
    this.#pools.set(key, pool);
    for (const [oldest, idle] of this.#pools) {
      if (this.#pools.size <= MAX_POOLS) break;
      this.#pools.delete(oldest);
      idle.close().catch(() => {});
    }
    return pool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #open(origin: string, addresses: readonly PublicAddress[]): Dispatcher {
    const { limits, proxyUrl } = this.#settings;
    const options = {
      connections: PER_HOST,
      pipelining: 1,
      allowH2: false,
      useMilo: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limits.headersMs,
      bodyTimeout: limits.idleMs,
      keepAliveMaxTimeout: 30_000,
    };
    if (proxyUrl === undefined) return new Pool(origin, { ...options, connect: this.#connector(addresses) });
    return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: this.#tls, proxyTls: this.#tls, connectTimeout: limits.connectMs });
  }

  /** Dials the addresses in turn, and none but them: what the name means by now is not asked again. */
  #connector(addresses: readonly PublicAddress[]): buildConnector.connector {
    const { network, limits } = this.#settings;
    const last = buildConnector(this.#tls);
    const first = buildConnector({ ...this.#tls, timeout: Math.min(FIRST_TRY_MS, limits.connectMs) });
    return (options, callback) => {
      const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80));
      const dial = ([address, ...rest]: readonly PublicAddress[]) => {
        if (address === undefined) return callback(innerHost(), null);
        const to = network.route(address, port);
        // The name is for the certificate; the address is where the packets go.
        const at = { ...options, servername: options.servername ?? '', hostname: to.host, port: String(to.port) };
        (rest.length > 0 ? first : last)(at, (error, socket) => {
          if (error === null) checkPeer(socket, to.host, network.ownAddresses(), callback);
          else if (rest.length > 0) dial(rest);
          else callback(error, null);
        });
      };
      dial(addresses);
    };
  }
}

/**
 * The second wall: whoever has answered must be who was dialled. A connection from an address to itself stays on this machine: where that is no
 * address of ours that was known when it was judged, it has come since.
 */
function checkPeer(socket: Socket, expected: string, own: ReadonlySet<string>, callback: buildConnector.Callback): void {
  const { localAddress = '', remoteAddress } = socket;
  const isNew = isSameAddress(remoteAddress, localAddress) && !own.has(localAddress);
  if (isSameAddress(remoteAddress, expected) && !isNew) {
    callback(null, socket);
  } else {
    socket.destroy();
    callback(innerHost(), null);
  }
}
