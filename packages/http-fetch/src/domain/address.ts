import ipaddr from 'ipaddr.js';

declare const proven: unique symbol;

/** An IP address that may be dialled. Only `judgeAddress` makes one. */
export type PublicAddress = string & { readonly [proven]: 'PublicAddress' };

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A network in CIDR notation, parsed. */
export type Network = readonly [base: Address, bits: number];

/** What holds for addresses beside the special ranges. */
export interface AddressRules {
  /** Networks that may be dialled although they are special. */
  readonly allowed: readonly Network[];
  /** Whether the name that led here may lie in any private network. */
  readonly anyPrivate: boolean;
  /** The addresses of this machine. */
  readonly own: ReadonlySet<string>;
  /** The port on which this server itself listens. */
  readonly ownPort: number | undefined;
}

/** Where clouds answer whoever asks with credentials, and links that no router leaves. No setting allows them. */
const NEVER = [
  '169.254.0.0/16', // AWS, Azure, Google, ECS, EKS, Tencent, Scaleway ...
  'fe80::/10',
  '100.100.100.200/32', // Alibaba
  '192.0.0.192/32', // Oracle
  '168.63.129.16/32', // Azure's host, in a public range
  'fd00:ec2::/32', // AWS
  'fd20:ce::/32', // Google
  'fd00:42::/32', // Scaleway
  'fd00:c1::a9fe:a9fe/128', // Oracle
  'fd00:a9fe:a9fe::/48', // Linode
].map((cidr) => ipaddr.parseCIDR(cidr));

/** All that is or ever was given to hosts (RFC 4291, 2.4); what lies outside is special, known to ipaddr.js or not. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Reads a CIDR, or a lone address as a network of one. Undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** The address with the brackets off, if a URL's host is one. WHATWG has written it in its only form by then. */
export function literalAddress(host: string): string | undefined {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host;
  return ipaddr.isValid(bare) ? bare : undefined;
}

/** Whether two texts are one address, however they write it. */
export function isSameAddress(one: string | undefined, other: string): boolean {
  if (one === undefined || !ipaddr.isValid(one) || !ipaddr.isValid(other)) return false;
  return ipaddr.parse(one).toString() === ipaddr.parse(other).toString();
}

/** Lets an address pass if it is public and not this machine's, or the rules allow it. Undefined where it must not be dialled. */
export function judgeAddress(text: string, port: number, rules: AddressRules): PublicAddress | undefined {
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.parse(text);
  const inside = embedded(address);
  if ([address, ...inside].some((each) => isWithin(each, NEVER))) return undefined;
  // The IPv4 address behind the well-known prefix is what the gateway dials (RFC 6052, 3.1); there alone it stands for the whole.
  const meant = isWithin(address, [NAT64]) ? (inside[0] ?? address) : address;
  const own = [address, ...inside].some((each) => rules.own.has(each.toString()) || isHere(each));
  if (own && port === rules.ownPort) return undefined;
  const allowed = isWithin(meant, rules.allowed) || isWithin(address, rules.allowed) || (rules.anyPrivate && !isGroup(meant));
  if (!allowed && (own || !isPublic(meant))) return undefined;
  // The one place where the type is made.
  return address.toString() as PublicAddress;
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || (isWithin(address, [GLOBAL_IPV6]) && embedded(address).every(isPublic));
}

function isHere(address: Address): boolean {
  return address.range() === 'loopback' || address.range() === 'unspecified';
}

function isGroup(address: Address): boolean {
  return address.range() === 'multicast' || address.range() === 'broadcast';
}

function isWithin(address: Address, networks: readonly Network[]): boolean {
  return networks.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
}

/** The IPv4 addresses that an IPv6 address carries, in every way that a gateway or a tunnel of this machine may take it apart. */
function embedded(address: Address): ipaddr.IPv4[] {
  if (!('parts' in address)) return [];
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = address.parts;
  const last = ipv4(g, h);
  // Mapped, compatible and SIIT (RFC 4291, RFC 2765).
  if (a === 0 && b === 0 && c === 0 && d === 0) return [last];
  if (isWithin(address, [NAT64])) return [last];
  // NAT64 for local use (RFC 8215), with prefixes of 96 bits and of 48, where bits 64 to 71 are left out (RFC 6052, 2.2).
  if (a === 0x64 && b === 0xff9b) return [last, ipv4(d, ((e & 0xff) << 8) | (f >> 8))];
  if (a === 0x2002) return [ipv4(b, c)]; // 6to4
  if (a === 0x2001 && b === 0) return [ipv4(c, d), ipv4(g ^ 0xffff, h ^ 0xffff)]; // Teredo: server and client
  if ((e & 0xfdff) === 0 && f === 0x5efe) return [last]; // ISATAP
  return [];
}

function ipv4(high: number, low: number): ipaddr.IPv4 {
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
}
