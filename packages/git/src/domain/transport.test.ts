import { expect, test } from 'vitest';
import { parseHostRule, proveRemoteUrl } from './remote-url.ts';
import { sshEnvironment, transportConfig } from './transport.ts';

const prove = (url: string) => proveRemoteUrl(url, ['git.example.com', 'git.example.com:2222', '[2001:db8::1]'].map(parseHostRule));

test('GIT-102: git is held to the addresses that were judged', () => {
  const of = (url: string) => Object.fromEntries(transportConfig({}, prove(url), ['192.0.2.1', '2001:db8::1']));
  expect(of('https://git.example.com/a')).toMatchObject({
    'http.curloptResolve': 'git.example.com:443:192.0.2.1,[2001:db8::1]',
    'http.followRedirects': 'false',
    'http.sslVerify': 'true',
    'http.proxy': '',
  });
  expect(of('https://[2001:db8::1]/a')).not.toHaveProperty('http.curloptResolve');
  expect(of('git@git.example.com:a')).toEqual({});
});

test('the helper of the operator is one command, and nothing else of it is a setting', () => {
  const helperOf = (credentialHelper: string) =>
    Object.fromEntries(transportConfig({ credentialHelper }, prove('https://git.example.com/a'), ['192.0.2.1']))['credential.helper'];
  expect(helperOf('osxkeychain')).toMatch(/^!unset .*; .*GCM_INTERACTIVE='never' git credential-osxkeychain$/);
  expect(helperOf('/opt/helper --x')).toMatch(/ \/opt\/helper --x$/);
});

test('GIT-069, GIT-097: ssh is one fixed command, each word quoted', () => {
  const settings = { ssh: "/opt/it's/ssh", sshKey: '/keys/a b', sshKnownHosts: '/keys/known' };
  const { GIT_SSH_COMMAND: command, ...rest } = sshEnvironment(settings, prove('ssh://git@git.example.com:2222/a'), ['192.0.2.1']);
  expect(command).toMatch(/^'\/opt\/it'\\''s\/ssh' '-F' '\/dev\/null' '-oBatchMode=yes' '-oStrictHostKeyChecking=yes' /);
  for (const word of [
    'HostName=192.0.2.1',
    'HostKeyAlias=[git.example.com]:2222',
    'ProxyCommand=none',
    'ForwardAgent=no',
    'IdentityFile="/keys/a b"',
  ]) {
    expect(command).toContain(`'-o${word}'`);
  }
  expect(rest).toEqual({ GIT_SSH_VARIANT: 'ssh' });
  expect(() => sshEnvironment({ ssh: undefined }, prove('git@git.example.com:a'), [])).toThrow('no ssh');
});
