import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { abortable } from '@touchstone-mcp/core/abortable';
import { ToolError } from '@touchstone-mcp/core/errors';
import { errnoOf } from './errors.ts';
import type { RemoteUrl } from './remote-url.ts';

/** Where clouds answer whoever asks with credentials, links that no router leaves, everybody, and nobody. No setting allows them. */
const NEVER = listOf(
  '0.0.0.0/8 169.254.0.0/16 224.0.0.0/3 100.100.100.200/32 192.0.0.192/32 168.63.129.16/32',
  '::/128 fe80::/10 ff00::/8 fd00:ec2::/32 fd20:ce::/32 fd00:42::/32 64:ff9b::a9fe:0/112 2002:a9fe::/32',
);

/** Networks of one's own, and those that belong to nobody. A host that is there must be named itself. */
const PRIVATE = listOf(
  '10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24',
  '2001::/23 2001:db8::/32 2002::/16 3fff::/20',
);

const GLOBAL_IPV6 = listOf('', '2000::/3');

/**
 * The addresses of a remote's host that may be dialled, resolved now, so that git can be held to them and no later answer of a name
 * server counts. `unavailable` where there is none, `denied` where none may be.
 */
export async function addressesOf({ host, named }: Pick<RemoteUrl, 'host' | 'named'>, signal: AbortSignal): Promise<string[]> {
  const found = isIP(host) === 0 ? await resolve(host, signal) : [host];
  const allowed = found.filter((address) => mayDial(address, named));
  if (allowed.length > 0) return allowed;
  throw new ToolError('denied', `${host} is at an address that is not dialled.`, {
    hint: named
      ? 'Tell the user: addresses of cloud metadata and of the link are never dialled.'
      : 'Tell the user: a host in a private network must be named in allowHosts itself, not by a wildcard.',
  });
}

/** Whether an address may be dialled, given whether the operator has named its host itself. */
export function mayDial(address: string, named: boolean): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (NEVER.check(address, family)) return false;
  return named || !(PRIVATE.check(address, family) || (family === 'ipv6' && !GLOBAL_IPV6.check(address, family)));
}

async function resolve(host: string, signal: AbortSignal): Promise<string[]> {
  try {
    return (await abortable(lookup(host, { all: true }), signal)).map(({ address }) => address);
  } catch (cause) {
    if (errnoOf(cause) === undefined) throw cause;
    throw new ToolError('unavailable', `No address is known for ${host}.`, { hint: 'Tell the user; the same call may work later.', cause });
  }
}

function listOf(ipv4: string, ipv6: string): BlockList {
  const list = new BlockList();
  for (const [family, networks] of [
    ['ipv4', ipv4],
    ['ipv6', ipv6],
  ] as const) {
    for (const network of networks.split(' ').filter(Boolean)) {
      const [base = '', bits = ''] = network.split('/');
      list.addSubnet(base, Number(bits), family);
    }
  }
  return list;
}
