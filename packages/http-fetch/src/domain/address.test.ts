import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AddressRules, isSameAddress, judgeAddress, parseNetwork } from './address.ts';

const rules: AddressRules = { allowed: [], anyPrivate: false, own: new Set(), ownPort: undefined };
const judge = (address: string, more: Partial<AddressRules> = {}) => judgeAddress(address, 443, { ...rules, ...more });

/** The IANA registries of special-purpose addresses (RFC 6890, RFC 8190) and of multicast: the first and the last address of each entry. */
const SPECIAL: readonly (readonly [name: string, first: string, last: string])[] = [
  ['0.0.0.0/8', '0.0.0.0', '0.255.255.255'],
  ['10.0.0.0/8', '10.0.0.0', '10.255.255.255'],
  ['100.64.0.0/10', '100.64.0.0', '100.127.255.255'],
  ['127.0.0.0/8', '127.0.0.0', '127.255.255.255'],
  ['169.254.0.0/16', '169.254.0.0', '169.254.255.255'],
  ['172.16.0.0/12', '172.16.0.0', '172.31.255.255'],
  ['192.0.0.0/24', '192.0.0.0', '192.0.0.255'],
  ['192.0.2.0/24', '192.0.2.0', '192.0.2.255'],
  ['192.31.196.0/24', '192.31.196.0', '192.31.196.255'],
  ['192.52.193.0/24', '192.52.193.0', '192.52.193.255'],
  ['192.88.99.0/24', '192.88.99.0', '192.88.99.255'],
  ['192.168.0.0/16', '192.168.0.0', '192.168.255.255'],
  ['192.175.48.0/24', '192.175.48.0', '192.175.48.255'],
  ['198.18.0.0/15', '198.18.0.0', '198.19.255.255'],
  ['198.51.100.0/24', '198.51.100.0', '198.51.100.255'],
  ['203.0.113.0/24', '203.0.113.0', '203.0.113.255'],
  ['224.0.0.0/4', '224.0.0.0', '239.255.255.255'],
  ['240.0.0.0/4', '240.0.0.0', '255.255.255.255'],
  ['::/128, ::1/128 and the rest of ::/8', '::', 'ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['::ffff:0:0/96', '::ffff:0:0', '::ffff:ffff:ffff'],
  ['64:ff9b:1::/48', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['100::/64', '100::', '100::ffff:ffff:ffff:ffff'],
  ['100:0:0:1::/64', '100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
  ['2001::/23', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::/32', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2002::/16', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2620:4f:8000::/48', '2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
  ['3fff::/20', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['5f00::/16', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fc00::/7', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::/10', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fec0::/10', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['ff00::/8', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
];

/** The neighbours of special ranges, which are public. */
const PUBLIC = [
  ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0', '169.253.255.255'],
  ...['169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.0.3.0', '192.167.255.255', '192.169.0.0', '198.17.255.255'],
  ...['198.20.0.0', '203.0.112.255', '203.0.114.0', '223.255.255.255', '168.63.129.15', '168.63.129.17'],
  ...['2001:200::', '2001:db7:ffff::1', '2001:db9::', '2003::', '2620:4f:8001::', '2000::1', '3ffe:ffff::1', '64:ff9b::808:808'],
];

test.each(SPECIAL)('%s is refused from its first address to its last', (_name, first, last) => {
  expect([judge(first), judge(last)]).toEqual([undefined, undefined]);
});

test.each(PUBLIC)('%s is public', (address) => {
  expect(judge(address)).toBe(address);
});

describe('IPv4 inside IPv6', () => {
  const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  const hex = (...bytes: number[]) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const forms: readonly (readonly [name: string, write: (a: number, b: number, c: number, d: number) => string])[] = [
    ['mapped', (...bytes) => `::ffff:${bytes.join('.')}`],
    ['compatible', (...bytes) => `::${bytes.join('.')}`],
    ['SIIT', (...bytes) => `::ffff:0:${bytes.join('.')}`],
    ['NAT64 for local use', (a, b, c, d) => `64:ff9b:1::${hex(a, b)}:${hex(c, d)}`],
    ['6to4', (a, b, c, d) => `2002:${hex(a, b)}:${hex(c, d)}::1`],
    ['Teredo', (a, b, c, d) => `2001:0:${hex(a, b)}:${hex(c, d)}::1`],
  ];

  test.each(forms)('%s is refused, whatever it holds', (_name, write) => {
    fc.assert(fc.property(octets, (bytes) => judge(write(...bytes)) === undefined));
  });

  test('behind the well-known prefix of NAT64, and in ISATAP, it is judged as it would be alone', () => {
    fc.assert(
      fc.property(octets, ([a, b, c, d]) => {
        const alone = judge(`${a}.${b}.${c}.${d}`) !== undefined;
        expect(judge(`64:ff9b::${hex(a, b)}:${hex(c, d)}`) !== undefined).toBe(alone);
        expect(judge(`2606:2800::5efe:${hex(a, b)}:${hex(c, d)}`) !== undefined).toBe(alone);
      }),
    );
  });

  test.each(forms)('%s of a metadata service is refused where everything is allowed', (_name, write) => {
    const allowed = ['0.0.0.0/0', '::/0'].map(parseNetwork).filter((each) => each !== undefined);
    expect(judge(write(169, 254, 169, 254), { anyPrivate: true, allowed })).toBeUndefined();
  });
});

test('what an address is called does not change it', () => {
  expect(isSameAddress('2606:2800:0:0:0:0:0:1', '2606:2800::1')).toBe(true);
  expect(isSameAddress('10.0.0.1', '10.0.0.2')).toBe(false);
  expect(isSameAddress(undefined, '10.0.0.1')).toBe(false);
  expect(isSameAddress('localhost', 'localhost')).toBe(false);
});
