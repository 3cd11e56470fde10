import { lookup, Resolver } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';
import type { PublicAddress } from './address.ts';

/**
 * The world outside, as the client sees it. Nothing that an operator can set chooses it: `open` always takes the system's, and only a test,
 * which calls `openClient` itself, brings another.
 */
export interface Network {
  /** Every address of a name. It ends with a dot where no search domain may be appended. */
  resolve(name: string): Promise<readonly string[]>;
  /** Where a connection to a judged address really goes. */
  route(address: PublicAddress, port: number): { readonly host: string; readonly port: number };
  /** The addresses of this machine, as they were a second ago at the earliest. */
  ownAddresses(): ReadonlySet<string>;
  /** The name of this machine. */
  readonly hostname: string;
}

/** The network of this machine: its resolver, and connections that go where they say. */
export const systemNetwork: Network = {
  // A private name may be in the hosts file, or need a search domain.
  resolve: async (name) =>
    name.endsWith('.') ? await resolveByDns(name) : (await lookup(name, { all: true })).map(({ address }) => address),
  route: (host, port) => ({ host, port }),
  ownAddresses,
  hostname: hostname(),
};

/** Asking the kernel takes longer than all other judging together. An address that is new is seen once it is connected to. */
const KEPT_MS = 1_000;
let kept: { addresses: ReadonlySet<string>; until: number } | undefined;

function ownAddresses(): ReadonlySet<string> {
  const now = performance.now();
  if (kept !== undefined && now < kept.until) return kept.addresses;
  const found = Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []);
  kept = { addresses: new Set(found), until: now + KEPT_MS };
  return kept.addresses;
}

/**
 * Every address that DNS has for a name, those of IPv4 first. `lookup` would hold one of libuv's four threads for as long as a stranger's name
 * server likes, and decompression needs them, too. Servers are those of the system, read anew each time: laptops move.
 */
export async function resolveByDns(name: string, servers?: readonly string[]): Promise<string[]> {
  const resolver = new Resolver({ timeout: 2_500, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const [failure] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  if (found.length > 0 || failure === undefined) return found;
  // The name server's refusal is not the host's.
  throw failure.code === 'ECONNREFUSED'
    ? Object.assign(new Error('No name server answers', { cause: failure }), { code: 'EREFUSED' })
    : failure;
}
