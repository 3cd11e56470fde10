import { join } from 'node:path';
import { layFiles, plainGit } from '../fixture/repository.ts';
import type { Place } from './configuration.ts';

/** The URL of a remote, the code of the answer, and why. `{host}` is the allowed host, `{out}` a directory outside. */
export type UrlRow = readonly [id: string, url: string, code: 'denied' | 'invalid_input', why: string];

export const urls: readonly UrlRow[] = [
  ['GIT-069', 'ext::sh -c touch% {out}/mark', 'denied', 'a program'],
  ['GIT-069', 'fd::17', 'denied', 'a descriptor'],
  ['GIT-069', 'transport::https://{host}/r.git', 'denied', 'a program named by the URL'],
  ['GIT-102', 'file:///etc', 'denied', 'a path'],
  ['GIT-102', '/etc', 'denied', 'a path'],
  ['GIT-102', '../other', 'denied', 'a path'],
  ['GIT-102', '~/other', 'denied', 'a path'],
  ['GIT-102', 'other', 'invalid_input', 'a path'],
  ['GIT-102', 'C:\\other', 'invalid_input', 'a path'],
  ['GIT-102', '\\\\host\\share', 'denied', 'a path'],
  ['GIT-102', 'git://{host}/r.git', 'denied', 'nobody knows who answers'],
  ['GIT-102', 'http://{host}/r.git', 'denied', 'in the clear, and not named so'],
  ['GIT-102', 'ftp://{host}/r.git', 'denied', 'another scheme'],
  ['GIT-102', 'ssh+git://{host}/r.git', 'denied', 'another scheme'],
  ['GIT-102', 'https://169.254.169.254/x.git', 'denied', 'cloud metadata'],
  ['GIT-102', 'https://127.0.0.1:6379/', 'invalid_input', 'no path'],
  ['GIT-102', 'https://127.0.0.1:6379/x', 'denied', 'an address for an allowed name'],
  ['GIT-102', 'https://localhost/r.git', 'denied', 'another port'],
  ['GIT-102', 'https://localhost:6379/r.git', 'denied', 'another port'],
  ['GIT-102', 'https://localhost.:1/r.git', 'invalid_input', 'a dot at the end'],
  ['GIT-102', 'https://{host}.evil.example/r.git', 'invalid_input', 'a port that is none'],
  ['GIT-102', 'https://localhost.evil.example/r.git', 'denied', 'a longer name'],
  ['GIT-102', 'https://evillocalhost/r.git', 'denied', 'a longer name'],
  ['GIT-102', 'https://{host}@evil.example/r.git', 'invalid_input', 'the allowed host as user and password'],
  ['GIT-102', 'https://localhost@evil.example/r.git', 'denied', 'the allowed host as user'],
  ['GIT-102', 'https://evil.example\\@{host}/r.git', 'invalid_input', 'two parsers, two hosts'],
  ['GIT-102', 'https://evil.example#@{host}/r.git', 'invalid_input', 'two parsers, two hosts'],
  ['GIT-102', 'https://evil.example?@{host}/r.git', 'invalid_input', 'two parsers, two hosts'],
  ['GIT-102', 'https://{host}/a/../r.git', 'invalid_input', 'climbing in the path'],
  ['GIT-102', 'https://{host}/a/%2e%2e/r.git', 'invalid_input', 'climbing, escaped'],
  ['GIT-102', 'https://{host}/a%2fr.git', 'invalid_input', 'a slash, escaped'],
  ['GIT-102', 'https://{host}//r.git', 'invalid_input', 'an empty name'],
  ['GIT-102', 'https://{host}/r.git?service=x', 'invalid_input', 'a query'],
  ['GIT-099', 'https://user:TOKEN@{host}/r.git', 'invalid_input', 'a password'],
  ['GIT-043', '-oProxyCommand=touch {out}/mark', 'invalid_input', 'an option'],
  ['GIT-043', '--upload-pack=touch {out}/mark', 'invalid_input', 'an option'],
  ['GIT-043', '-u./payload', 'invalid_input', 'an option'],
  ['GIT-043', '-oProxyCommand=x:y', 'invalid_input', 'an option'],
  ['GIT-043', 'ssh://-oProxyCommand=touch/x', 'invalid_input', 'an option as host'],
  ['GIT-043', 'ssh://-oProxyCommand=x@{host}/r', 'invalid_input', 'an option as user'],
  ['GIT-043', 'git://-x/y', 'denied', 'an option as host'],
  ['GIT-043', '-x@localhost:r', 'invalid_input', 'an option as user'],
  ['GIT-043', 'git@-oProxyCommand=x:r', 'invalid_input', 'an option as host'],
  ['GIT-043', 'git@localhost:-r', 'invalid_input', 'an option as path'],
  ['GIT-042', 'git@localhost:r;touch {out}/mark', 'invalid_input', 'a second command'],
  ['GIT-042', 'git@localhost:$(touch)`touch`', 'invalid_input', 'a command inside'],
  ['GIT-042', 'https://{host}/r\n[core]x', 'invalid_input', 'a line end'],
  ['GIT-042', 'https://{host}/r"\u0000', 'invalid_input', 'a NUL'],
  ['GIT-042', 'https://{host}/\u202er', 'invalid_input', 'text that runs backwards'],
  ['GIT-042', `https://{host}/${'x'.repeat(3_000)}`, 'invalid_input', 'too long'],
  ['GIT-042', '', 'invalid_input', 'nothing'],
];

/** Settings of a repository with which a plain git that fetches, pulls or pushes would run the program, or talk to somebody else. */
export const settings: readonly (readonly [id: string, name: string, lay: (place: Place & { elsewhere: string; url: string }) => void])[] =
  [
    ['GIT-069', 'core.sshCommand', set(({ program }) => ['core.sshCommand', program])],
    ['GIT-069', 'core.gitProxy', set(({ program }) => ['core.gitProxy', program])],
    ['GIT-069', 'remote.origin.uploadpack', set(({ program }) => ['remote.origin.uploadpack', program])],
    ['GIT-069', 'remote.origin.receivepack', set(({ program }) => ['remote.origin.receivepack', program])],
    ['GIT-069', 'remote.origin.vcs', set(() => ['remote.origin.vcs', 'ext'])],
    ['GIT-069', 'insteadOf: a program', set(({ program, url }) => [`url.ext::${program} .insteadOf`, url.slice(0, 12)])],
    ['GIT-069', 'insteadOf: elsewhere', set(({ elsewhere }) => [`url.${elsewhere}/.insteadOf`, 'https://localhost'])],
    ['GIT-069', 'pushInsteadOf: elsewhere', set(({ elsewhere }) => [`url.${elsewhere}/.pushInsteadOf`, 'https://localhost'])],
    ['GIT-069', 'protocol.ext.allow', set(() => ['protocol.ext.allow', 'always'])],
    ['GIT-069', 'credential.helper', set(({ program }) => ['credential.helper', `!${program}`])],
    ['GIT-069', 'core.askPass', set(({ program }) => ['core.askPass', program])],
    ['GIT-069', 'http.proxy', set(({ elsewhere }) => ['http.proxy', elsewhere])],
    ['GIT-069', 'remote.origin.proxy', set(({ elsewhere }) => ['remote.origin.proxy', elsewhere])],
    ['GIT-069', 'http.cookieFile', set(() => ['http.cookieFile', '/etc/hostname'])],
    ['GIT-069', 'http.extraHeader', set(() => ['http.extraHeader', 'Authorization: Basic bm9ib2R5'])],
    ['GIT-069', 'http.curloptResolve', set(() => ['http.curloptResolve', 'localhost:1:127.0.0.2'])],
    ['GIT-103', 'http.sslVerify', set(() => ['http.sslVerify', 'false'])],
    ['GIT-103', 'http.sslCAInfo', set(() => ['http.sslCAInfo', '/dev/null'])],
    ['GIT-067', 'gc.recentObjectsHook', set(({ program }) => ['gc.recentObjectsHook', program])],
    ['GIT-067', 'maintenance', set(() => ['gc.auto', '1'])],
    ['GIT-066', 'merge driver', set(({ program }) => ['merge.x.driver', program])],
    ['GIT-072', 'core.alternateRefsCommand', set(({ program }) => ['core.alternateRefsCommand', program])],
    ['GIT-072', 'uploadpack.packObjectsHook', set(({ program }) => ['uploadpack.packObjectsHook', program])],
    ['GIT-073', 'fetch.recurseSubmodules', set(() => ['fetch.recurseSubmodules', 'true'])],
    ['GIT-070', 'push.gpgSign', set(({ program }) => ['gpg.program', program, 'push.gpgSign', 'true'])],
    [
      'GIT-102',
      'promisor',
      set(({ elsewhere }) => ['remote.x.url', `${elsewhere}/x`, 'remote.x.promisor', 'true', 'extensions.partialClone', 'x']),
    ],
    ['GIT-102', 'bundle-uri', set(({ elsewhere }) => ['transfer.bundleURI', 'true', 'fetch.bundleURI', `${elsewhere}/bundle`])],
    ['GIT-069', 'a legacy remote file', ({ path, elsewhere }) => layFiles(path, { '.git/remotes/origin': `URL: ${elsewhere}/x\n` })],
    [
      'GIT-069',
      'fetch refspec over own branches',
      set(() => ['remote.origin.fetch', '+refs/heads/*:refs/heads/*', 'remote.origin.mirror', 'true']),
    ],
    [
      'GIT-061',
      'hooks',
      ({ path, program }) => {
        for (const name of [
          'pre-push',
          'reference-transaction',
          'post-checkout',
          'post-merge',
          'pre-merge-commit',
          'post-rewrite',
          'post-index-change',
        ])
          layFiles(path, { [`.git/hooks/${name}`]: `#!/bin/sh\nexec '${program}' ${name}\n` });
        plainGit(path, ['config', 'core.hooksPath', '/dev/null']);
        plainGit(path, ['config', '--unset', 'core.hooksPath']);
      },
    ],
    [
      'GIT-065',
      'include',
      ({ path, program }) => {
        layFiles(path, { '.git/more': `[core]\n\tsshCommand = ${program}\n[credential]\n\thelper = !${program}\n` });
        plainGit(path, ['config', 'include.path', join(path, '.git', 'more')]);
      },
    ],
  ];

function set(pairs: (place: Place & { elsewhere: string; url: string }) => string[]) {
  return (place: Place & { elsewhere: string; url: string }): void => {
    const words = pairs(place);
    for (let index = 0; index < words.length; index += 2)
      plainGit(place.path, ['config', '--add', words[index] ?? '', words[index + 1] ?? '']);
  };
}
