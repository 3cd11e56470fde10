import { expect, test } from 'vitest';
import { addressesOf, mayDial } from './address.ts';

const NEVER = [
  ...['0.0.0.0', '0.1.2.3', '169.254.169.254', '224.0.0.1', '255.255.255.255', '100.100.100.200', '192.0.0.192', '168.63.129.16'],
  ...['::', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', 'fe80::1', 'ff02::1', 'fd00:ec2::254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1'],
];

const PRIVATE = [
  ...['10.0.0.1', '127.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '198.18.0.1', '192.0.2.1'],
  ...['::1', 'fd12::1', 'fc00::1', '::ffff:10.0.0.1', '2001:db8::1', '2002:0a00::1', '64:ff9b::1'],
];

const PUBLIC = ['140.82.121.3', '8.8.8.8', '172.32.0.1', '168.63.129.17', '2606:50c0:8000::154', '2a00::1'];

test.each(NEVER)('GIT-102: %s is never dialled', (address) =>
  expect([mayDial(address, true), mayDial(address, false)]).toEqual([false, false]),
);
test.each(PRIVATE)('%s is dialled for a host that is named itself', (address) =>
  expect([mayDial(address, true), mayDial(address, false)]).toEqual([true, false]),
);
test.each(PUBLIC)('%s is public', (address) => expect([mayDial(address, true), mayDial(address, false)]).toEqual([true, true]));

test('a name is resolved, an address is taken as it is, and what has no address says so', async () => {
  const { signal } = new AbortController();
  expect(await addressesOf({ host: '127.0.0.1', named: true }, signal)).toEqual(['127.0.0.1']);
  expect(await addressesOf({ host: 'localhost', named: true }, signal)).not.toEqual([]);
  await expect(addressesOf({ host: 'localhost', named: false }, signal)).rejects.toMatchObject({ code: 'denied' });
  await expect(addressesOf({ host: '169.254.169.254', named: true }, signal)).rejects.toMatchObject({ code: 'denied' });
  await expect(addressesOf({ host: 'absent.invalid', named: true }, signal)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(addressesOf({ host: 'localhost', named: true }, AbortSignal.abort())).rejects.toThrow();
});
