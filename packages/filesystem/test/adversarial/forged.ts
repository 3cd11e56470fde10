/** URIs of resources that must not be read; `{root}` is the path of the root, `{base}` that of the directory around it. */
export const uriRows: readonly (readonly [id: string, uri: string, why: string])[] = [
  ['FS-009', 'file://{root}/../out/secret.txt', 'climbing'],
  ['FS-009', 'file://{root}/%2e%2e/out/secret.txt', 'climbing, encoded'],
  ['FS-009', 'file://{root}/%2E./out/secret.txt', 'half encoded'],
  ['FS-009', 'file://{root}/..%2fout%2fsecret.txt', 'an encoded slash'],
  ['FS-009', 'file://{root}/docs%2f..%2f..%2fout%2fsecret.txt', 'the same further down'],
  ['FS-009', 'file://{root}/%252e%252e/out/secret.txt', 'encoded twice'],
  ['FS-009', 'file://{root}/..%c0%afout', 'no UTF-8'],
  ['FS-009', 'file://{root}/%', 'no encoding'],
  ['FS-011', 'file://{root}/ok.txt%00.png', 'a NUL'],
  ['FS-009', 'file://{base}/out/secret.txt', 'outside'],
  ['FS-009', 'file:///etc/passwd', 'outside'],
  ['FS-009', 'file:////etc/passwd', 'with a slash too many'],
  ['FS-026', 'file://evil{root}/ok.txt', 'on another host'],
  ['FS-026', 'file://127.0.0.1{root}/ok.txt', 'on another host, by its number'],
  ['FS-009', 'file:{base}/out/secret.txt', 'without slashes'],
  ['FS-009', 'file://{root}/ok.txt/../../out/secret.txt', 'through a file'],
  ['FS-002', 'file://{root}/file-link', 'a link outside'],
  ['FS-004', 'file://{root}/dir-link/secret.txt', 'below a link outside'],
  ['FS-022', 'file:///proc/self/environ', 'secrets of this process'],
  ['FS-010', 'file:///~/x', 'no homes'],
  ['FS-010', 'file://~/x', 'no homes either'],
  ['FS-060', 'file://{root}/fifo', 'a pipe'],
  ['FS-026', 'http://127.0.0.1{root}/ok.txt', 'another scheme'],
  ['FS-026', 'postgres://{root}/ok.txt', 'another scheme'],
  ['FS-012', 'file://', 'nothing'],
  ['FS-012', '', 'nothing at all'],
  ['FS-012', 'file:///{+path}', 'the template itself'],
];

/** Tools with pages, and what they need beside a cursor. */
export const PAGED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  list_directory: { path: '.' },
  directory_tree: { path: '.' },
  search_files: { path: '.', pattern: '*' },
  search_content: { path: '.', pattern: '.' },
};

const encoded = (...names: readonly string[]) => Buffer.from(names.join('\0')).toString('base64url');

/** Cursors that no page has given out. None may show anything from outside, or break the server. */
export const cursors: readonly (readonly [id: string, cursor: string, why: string])[] = [
  ['FS-007', encoded('..'), 'what is above'],
  ['FS-007', encoded('..', 'out'), 'the same, and down again'],
  ['FS-007', encoded('../out'), 'in one name'],
  ['FS-007', encoded('1', '..', 'out', 'secret.txt'), 'with a number in front'],
  ['FS-007', encoded('/etc'), 'an absolute path'],
  ['FS-007', encoded('.'), 'this directory'],
  ['FS-007', encoded('docs', '', 'x'), 'a name of nothing'],
  ['FS-002', encoded('dir-link', 'a'), 'through a link'],
  ['FS-002', encoded('1', 'dir-link', 'secret.txt'), 'through a link, numbered'],
  ['FS-011', encoded('a\u0000b'), 'a NUL'],
  ['FS-012', encoded('x'.repeat(100_000)), 'a very long name'],
  ['FS-012', encoded(...Array.from({ length: 20_000 }, () => 'a')), 'very many names'],
  ['FS-012', 'A'.repeat(500_000), 'half a megabyte'],
  ['FS-012', '', 'nothing'],
  ['FS-012', '!!!', 'not in base64'],
  ['FS-012', 'YQ==', 'in another base64'],
  ['FS-012', '__8', 'no UTF-8'],
  ['FS-012', encoded('-1', 'docs'), 'a negative number'],
  ['FS-012', encoded('1e999', 'docs'), 'a number beyond numbers'],
  ['FS-012', encoded('NaN'), 'no number'],
  ['FS-012', '{"__proto__":{"x":1}}', 'JSON'],
  ['FS-015', encoded('\u202e\u0007'), 'unseen characters'],
];
