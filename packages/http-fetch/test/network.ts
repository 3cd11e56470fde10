import type { PublicAddress } from '../src/domain/address.ts';
import type { Network } from '../src/domain/network.ts';

/** Names and the addresses that they have here. */
export type Names = Readonly<Record<string, readonly string[]>>;

/** The network of a test, and what the client did with it. */
export interface TestNetwork extends Network {
  /** Every connection that was tried: `address:port`. */
  readonly dialled: string[];
  /** Every name that was looked up, with its final dot if it had one. */
  readonly resolved: string[];
}

/**
 * A network in which `listenerAt` says where on loopback the packets to an address and a port arrive. It has a word on every address, those that
 * must be refused among them, so that a request which should not have been made would be seen.
 */
export function testNetwork(names: Names, listenerAt: (address: string, port: number) => number, rest: Partial<Network> = {}): TestNetwork {
  const dialled: string[] = [];
  const resolved: string[] = [];
  return {
    dialled,
    resolved,
    async resolve(name) {
      resolved.push(name);
      const found = names[name.replace(/\.$/, '')];
      if (found === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
      return found;
    },
    route(address: PublicAddress, port) {
      dialled.push(`${address}:${port}`);
      return { host: '127.0.0.1', port: listenerAt(address, port) };
    },
    ownAddresses: () => new Set(['127.0.0.1', '::1', '93.184.216.99', '2606:2800:99::1']),
    hostname: 'builder.example',
    ...rest,
  };
}
