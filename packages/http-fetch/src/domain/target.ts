import { abortable } from '@touchstone-mcp/core/abortable';
import { ToolError } from '@touchstone-mcp/core/errors';
import { type Network as Cidr, judgeAddress, literalAddress, type PublicAddress } from './address.ts';
import { hostFailure } from './failures.ts';
import type { Network } from './network.ts';
import { type AllowedUrl, innerHost, portOf } from './url.ts';

/** Which addresses may be dialled beside public ones. */
export interface TargetRules {
  readonly allowedNetworks: readonly Cidr[];
  /** Names that may lie in any private network. */
  readonly privateHosts: readonly string[];
  /** The port on which this server itself listens. */
  readonly ownPort: number | undefined;
  /** What dials in our place, and resolves names itself. */
  readonly proxyUrl: string | undefined;
}

/**
 * The addresses at which the host of a URL may be dialled, in the resolver's order. If one of its addresses must not be, none may: whoever
 * mixes them wants us to take the wrong one. Behind a proxy, which resolves names itself, none are known. Throws a ToolError that tells nothing
 * of what was found inside.
 */
export async function judgeTarget(url: AllowedUrl, rules: TargetRules, network: Network, signal: AbortSignal): Promise<PublicAddress[]> {
  const host = url.hostname;
  const anyPrivate = rules.privateHosts.includes(host);
  const literal = literalAddress(host);
  if (literal === undefined && rules.proxyUrl !== undefined) return [];
  const found = literal === undefined ? await resolve(host, anyPrivate, network, signal) : [literal];
  const own = network.ownAddresses();
  const judged = [...new Set(found)].map((address) =>
    judgeAddress(address, portOf(url), { allowed: rules.allowedNetworks, anyPrivate, own, ownPort: rules.ownPort }),
  );
  const passed = judged.filter((address) => address !== undefined);
  if (passed.length < judged.length) throw innerHost();
  return passed;
}

async function resolve(host: string, asGiven: boolean, network: Network, signal: AbortSignal): Promise<readonly string[]> {
  // The dot keeps search domains away, with which a public name could become one of the cluster. A private one may need them, or the hosts file.
  const name = asGiven ? host : `${host}.`;
  try {
    const found = await abortable(network.resolve(name), signal);
    if (found.length > 0) return found;
  } catch (error) {
    signal.throwIfAborted();
    throw hostFailure(error, host);
  }
  throw new ToolError('not_found', `No host is called ${host}.`, { hint: 'Check the spelling of the URL.' });
}
