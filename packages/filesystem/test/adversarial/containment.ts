import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** What stands in every file outside the root. No answer and no log line may hold it. */
export const SECRET = 'the-secret-outside';

/** Lays out `base`: a root to allow, and beside it what must stay out of reach. */
export function layOut(base: string): { root: string; outside: string } {
  const root = join(base, 'root');
  const outside = join(base, 'out');
  for (const directory of [root, join(root, 'docs'), outside, join(base, 'root-evil'), join(base, 'root2')])
    mkdirSync(directory, { recursive: true });
  for (const file of ['out/secret.txt', 'root-evil/x', 'root2/x']) writeFileSync(join(base, file), SECRET);
  writeFileSync(join(root, 'ok.txt'), 'fine');
  writeFileSync(join(root, 'docs', 'inner.txt'), 'fine');
  symlinkSync(join(outside, 'secret.txt'), join(root, 'file-link'));
  symlinkSync('../out', join(root, 'dir-link'));
  symlinkSync('/etc/passwd', join(root, 'passwd'));
  symlinkSync(join(outside, 'not-there'), join(root, 'dangling'));
  symlinkSync('/proc/self/root/etc/passwd', join(root, 'proc-root'));
  symlinkSync('/proc/self/cwd', join(root, 'proc-cwd'));
  symlinkSync('/proc/self/environ', join(root, 'environ'));
  symlinkSync('.', join(root, 'self'));
  symlinkSync('loop-b', join(root, 'loop-a'));
  symlinkSync('loop-a', join(root, 'loop-b'));
  symlinkSync('file-link', join(root, 'link-to-link'));
  symlinkSync('docs/../../out/secret.txt', join(root, 'docs-climb'));
  symlinkSync('docs/inner.txt', join(root, 'good-link'));
  symlinkSync('/dev/zero', join(root, 'zero'));
  linkSync(join(root, 'ok.txt'), join(root, 'hard-inside'));
  execFileSync('mkfifo', [join(root, 'fifo')]);
  mkdirSync(join(root, 'locked'));
  chmodSync(join(root, 'locked'), 0o000);
  return { root, outside };
}

/** A socket in the root, which must be closed again. */
export function listenAt(path: string): Promise<AsyncDisposable> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve({ [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())) }));
  });
}

/** `{root}` and `{base}` stand for the real folders. The code `ok` means that the call must work. */
export type Row = readonly [id: string, path: string, code: 'denied' | 'invalid_input' | 'not_found' | 'ok', why: string];

/** Paths that broke, or could break, servers of this kind. Each is tried with every tool that takes a path. */
export const rows: readonly Row[] = [
  ['FS-001', '{base}/root-evil/x', 'denied', 'a sibling with the root as prefix of its name (CVE-2025-53110)'],
  ['FS-001', '{base}/root2/x', 'denied', 'the same'],
  ['FS-001', '{base}/root.bak', 'denied', 'the same, and nothing there'],
  ['FS-002', '{root}/passwd', 'denied', 'a link to a file outside (CVE-2025-53109)'],
  ['FS-002', 'file-link', 'denied', 'the same, relative'],
  ['FS-002', 'link-to-link', 'denied', 'a link to a link to a file outside'],
  ['FS-002', 'docs-climb', 'denied', 'a link whose target climbs out in its middle'],
  ['FS-004', '{root}/dir-link/secret.txt', 'denied', 'a parent that is a link to a directory outside'],
  ['FS-004', 'dir-link', 'denied', 'the link itself'],
  ['FS-005', 'dangling', 'denied', 'a link to nothing outside: the same answer, so that nobody learns what exists'],
  ['FS-006', 'dir-link/a/b/c.txt', 'denied', 'nothing there below a linked ancestor'],
  ['FS-007', '{root}/../out/secret.txt', 'denied', 'climbing out'],
  ['FS-007', '{root}/missing/../../out/secret.txt', 'not_found', 'climbing after something missing: the kernel would stop there too'],
  ['FS-007', '../out/secret.txt', 'denied', 'climbing out, relative'],
  ['FS-007', 'docs/../../out/secret.txt', 'denied', 'the same in the middle'],
  ['FS-009', '%2e%2e%2fout%2fsecret.txt', 'not_found', 'nothing is decoded'],
  ['FS-009', '..%c0%afout', 'not_found', 'the same'],
  ['FS-009', 'file://{root}/../out/secret.txt', 'not_found', 'no URIs: this is a name, and the name does not exist'],
  ['FS-009', '~root/.ssh/id_rsa', 'not_found', 'no homes of others'],
  ['FS-009', '$HOME/x', 'not_found', 'no variables'],
  ['FS-009', '{root}/./../out/secret.txt', 'denied', 'a dot before the climb'],
  ['FS-010', '~/secrets', 'denied', 'the home directory is expanded before it is judged'],
  ['FS-010', '~', 'denied', 'the same'],
  ['FS-011', '{root}/ok.txt\u0000.png', 'invalid_input', 'a NUL cuts names in C'],
  ['FS-011', '\u0000', 'invalid_input', 'the same'],
  ['FS-012', '', 'invalid_input', 'no path'],
  ['FS-012', ' ', 'invalid_input', 'no path'],
  ['FS-012', '/', 'denied', 'the root of everything'],
  ['FS-012', `{root}/${'a/'.repeat(2_500)}x`, 'invalid_input', 'longer than any system takes'],
  ['FS-012', `{root}/${'a'.repeat(256)}`, 'invalid_input', 'a name longer than any file system takes'],
  ['FS-013', '{root}/\ud800x', 'invalid_input', 'a lone surrogate would silently become another name'],
  ['FS-022', 'proc-root', 'denied', 'a link through /proc/self/root'],
  ['FS-022', 'proc-cwd', 'denied', 'the same through cwd'],
  ['FS-022', '/proc/self/root{root}/ok.txt', 'denied', 'the root itself, by a way that is none of its names'],
  ['FS-022', '/proc/self/root{root}/../../etc/passwd', 'denied', 'the same, climbing'],
  ['FS-022', '/proc/self/environ', 'denied', 'secrets of this very process'],
  ['FS-062', 'environ', 'denied', 'the same by a link'],
  ['FS-096', 'loop-a', 'denied', 'a loop of links'],
  ['FS-096', `{root}/${'self/'.repeat(50)}docs`, 'denied', 'more links than a path may have'],
  ['FS-145', '/etc/shadow\nAllowed: /', 'denied', 'a path that tries to write its own answer'],
  ['FS-001', '{root}\n', 'denied', 'the root and a line end'],
  ['FS-001', '{root} ', 'denied', 'the root and a space'],
  ['FS-001', '{root}.', 'denied', 'the root and a dot'],
  ['FS-004', 'dir-link/', 'denied', 'a link with a slash behind it'],
  ['FS-004', 'dir-link/.', 'denied', 'a link with a dot behind it'],
  ['FS-004', 'dir-link/..', 'denied', 'what is above the target of a link'],
  ['FS-004', 'dir-link/../root/ok.txt', 'denied', 'out by a link and back in by climbing: outside was to be looked at'],
  ['FS-007', `${'../'.repeat(400)}etc/passwd`, 'denied', 'climbing very high'],
  ['FS-012', `${'../'.repeat(1_300)}etc/passwd`, 'invalid_input', 'climbing higher than any path goes'],
  ['FS-012', `{root}/${'docs/../'.repeat(500)}ok.txt`, 'invalid_input', 'more names than a walk may hold'],
  ['FS-007', `{root}/${'docs/../'.repeat(200)}../out/secret.txt`, 'denied', 'climbing after many steps on the spot'],
  ['FS-007', '..\\out\\secret.txt', 'not_found', 'a backslash is a part of a name here'],
  ['FS-009', '%252e%252e/out/secret.txt', 'not_found', 'nothing is decoded, and not twice either'],
  ['FS-009', 'file://localhost{root}/ok.txt', 'not_found', 'no URIs'],
  ['FS-009', 'FILE:{root}/ok.txt', 'not_found', 'no URIs'],
  ['FS-009', '\u2025/out/secret.txt', 'not_found', 'a character of two dots is a name'],
  ['FS-009', '%HOME%/x', 'not_found', 'no variables'],
  ['FS-009', '~~', 'not_found', 'no homes'],
  ['FS-010', '~/../../etc/passwd', 'denied', 'climbing out of the home directory'],
  ['FS-011', 'docs/\u0000/../../out/secret.txt', 'invalid_input', 'a NUL in the middle'],
  ['FS-012', `{root}/${'\u00e9'.repeat(128)}`, 'invalid_input', 'a name with few characters and many bytes'],
  ['FS-022', '/dev/stdin', 'denied', 'what the process itself has open'],
  ['FS-022', '/dev/fd/0', 'denied', 'the same'],
  ['FS-022', '/proc/self/fd/0', 'denied', 'the same'],
  ['FS-022', '/proc/thread-self/root{root}/ok.txt', 'denied', 'another way to the same'],
  ['FS-144', 'ok.txt/..', 'invalid_input', 'through a file'],
  ['FS-144', 'ok.txt/../docs', 'invalid_input', 'through a file and out of it'],
  ['FS-144', 'fifo/x', 'invalid_input', 'through a pipe'],
  ['FS-144', 'socket/../ok.txt', 'invalid_input', 'through a socket'],
];

/** Only for reading files. */
export const fileRows: readonly Row[] = [
  ['FS-060', 'fifo', 'denied', 'a pipe would block for ever'],
  ['FS-060', 'socket', 'denied', 'a socket'],
  ['FS-060', 'zero', 'denied', 'a device behind a link'],
  ['FS-012', '.', 'invalid_input', 'a directory'],
  ['FS-144', 'ok.txt/below', 'invalid_input', 'a file where a directory is needed'],
  ['FS-012', '{root}//docs/./inner.txt', 'ok', 'doubled slashes and dots mean nothing'],
  ['FS-007', '{root}/docs/../../root/ok.txt', 'ok', 'climbing out and in again names a file inside, and nothing outside is looked at'],
  ['FS-002', 'good-link', 'ok', 'a link that stays inside works'],
  ['FS-096', 'self/self/ok.txt', 'ok', 'so does one that leads back'],
  ['FS-012', '//{root}///ok.txt', 'ok', 'slashes before the path mean nothing'],
  ['FS-012', 'ok.txt/', 'ok', 'a slash behind it neither'],
  ['FS-060', '/proc/self/root/dev/zero', 'denied', 'a device by a detour'],
  ['FS-023', 'hard-inside', 'ok', 'hard links cannot be told apart: documented'],
];
