import { describe, expect, test } from 'vitest';
import { parseHostRule, proveRemoteUrl } from './remote-url.ts';

const prove = (url: string, ...rules: string[]) => proveRemoteUrl(url, rules.map(parseHostRule));

/** What allowHosts says, what it allows, and what not. */
const rules: readonly (readonly [rule: string, allowed: readonly string[], refused: readonly string[]])[] = [
  [
    'github.com',
    [
      'https://github.com/a/b.git',
      'HTTPS://GitHub.com/a/b',
      'git@github.com:a/b.git',
      'ssh://git@github.com/a/b',
      'https://user@github.com/a/b',
    ],
    [
      'http://github.com/a/b',
      'https://github.com:8443/a/b',
      'ssh://git@github.com:2222/a/b',
      'https://x.github.com/a',
      'https://github.com.evil.org/a',
    ],
  ],
  [
    '*.example.com',
    ['https://git.example.com/a', 'git@a.b.example.com:x'],
    ['https://example.com/a', 'https://badexample.com/a', 'https://x.example.com.org/a'],
  ],
  [
    'git.example.com:8443',
    ['https://git.example.com:8443/a', 'ssh://git@git.example.com:8443/a'],
    ['https://git.example.com/a', 'git@git.example.com:a'],
  ],
  [
    'github.com/acme',
    ['https://github.com/acme/app.git', 'git@github.com:acme/app', 'git@github.com:/acme/app'],
    ['https://github.com/acmee/app', 'https://github.com/other/acme', 'git@github.com:other/app', 'https://github.com/ACME/app'],
  ],
  [
    'github.com/acme/app',
    ['https://github.com/acme/app.git', 'https://github.com/acme/app/'],
    ['https://github.com/acme/app2', 'https://github.com/acme/x.git'],
  ],
  ['http://build.local', ['http://build.local/a'], ['https://build.local/a', 'git@build.local:a', 'http://build.local:8080/a']],
  ['ssh://git.example.com', ['git@git.example.com:a'], ['https://git.example.com/a']],
  ['[fd00::1]:8443', ['https://[fd00::1]:8443/a'], ['https://[fd00::2]:8443/a', 'https://[fd00::1]/a']],
];

describe.each(rules)('allowHosts %s', (rule, allowed, refused) => {
  test.each(allowed)('allows %s', (url) => expect(prove(url, 'other.org', rule)).toMatchObject({ named: !rule.startsWith('*') }));
  test.each(refused)('not %s', (url) => expect(() => prove(url, 'other.org', rule)).toThrow(expect.objectContaining({ code: 'denied' })));
});

test.each([
  ['HTTPS://User@GitHub.com:443/a/b.git', 'https://github.com/a/b.git', 'b'],
  ['ssh://git@github.com:22/a/b', 'ssh://git@github.com/a/b', 'b'],
  ['git@GitHub.com:a/b.git', 'git@github.com:a/b.git', 'b'],
  ['https://github.com/my%20project/_git/b', 'https://github.com/my%20project/_git/b', 'b'],
])('%s is given to git as %s', (url, text, name) => expect(prove(url, 'github.com')).toMatchObject({ text, name }));

test.each(['', '*', '*.', 'https://', 'a b', 'a/../b', 'user@a', 'a:99999999', '*.10.0.0.1', 'file:///a', '-a', 'a..b'])(
  '%j is no entry of allowHosts',
  (entry) => expect(() => parseHostRule(entry)).toThrow('names no host'),
);
