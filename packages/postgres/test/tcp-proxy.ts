import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A network between a client and a server, and what may befall it. */
export interface Network extends AsyncDisposable {
  readonly port: number;
  /** Where it leads; for connections that come later. */
  target: { host: string; port: number };
  /** While true, nothing passes in either direction, and nobody is told. */
  silent: boolean;
  /** Cuts every connection that has let so many bytes of the server's pass. */
  cutAfter: number;
  /** While true, what the server sends arrives byte by byte. */
  dribble: boolean;
  /** Connections that are open. */
  readonly open: number;
  /** Cuts all connections. */
  cut(): void;
}

/** A loopback port that leads to `target`. */
export async function startNetwork(target: Network['target']): Promise<Network> {
  const sockets = new Set<Socket>();
  const held: (() => void)[] = [];
  let silent = false;
  /** Now, or when the network speaks again. */
  const pass = (forward: () => void) => (silent ? held.push(forward) : forward());

  function join(client: Socket): void {
    const upstream = connect(network.target);
    let left = network.cutAfter;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => other.destroy()).on('close', () => pass(() => other.destroy()));
    }
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('data', (chunk) => pass(() => upstream.write(chunk)));
    upstream.on('data', (chunk) => pass(() => deliver(chunk)));

    function deliver(chunk: Buffer): void {
      const passing = chunk.subarray(0, left);
      left -= passing.length;
      if (network.dribble) for (const byte of passing) client.write(Buffer.of(byte));
      else client.write(passing);
      if (left === 0) client.destroySoon();
    }
  }

  const server = createServer({ noDelay: true }, join);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  const network: Network = {
    port,
    target,
    cutAfter: Number.POSITIVE_INFINITY,
    dribble: false,
    get silent() {
      return silent;
    },
    set silent(value) {
      silent = value;
      if (!silent) for (const forward of held.splice(0)) forward();
    },
    get open() {
      return sockets.size;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      network.silent = false;
      network.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return network;
}
