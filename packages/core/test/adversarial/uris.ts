/** TR-015, TR-016: URIs that a client may ask for, and the code of the refusal; `fits` where the handler has to judge what it is given. */
export interface UriRow {
  id: 'TR-015' | 'TR-016';
  why: string;
  uri: string;
  expect: number | { fits: string };
}

const NOT_FOUND = -32602;

export const uris: readonly UriRow[] = [
  { id: 'TR-015', why: 'what the exploding expression of CVE-2026-0621 was fed', uri: `notes:///${'a,'.repeat(50)}`, expect: NOT_FOUND },
  { id: 'TR-015', why: 'the same, much longer', uri: `notes://${'/a,'.repeat(5_000)}`, expect: NOT_FOUND },
  { id: 'TR-015', why: 'nearly what ends a variable, over and over', uri: `notes://${'a/vers'.repeat(2_700)}`, expect: NOT_FOUND },
  { id: 'TR-015', why: 'longer than any URI', uri: `files:///${'a'.repeat(4_000_000)}`, expect: NOT_FOUND },
  { id: 'TR-015', why: 'all of it percent-encoded', uri: `files:///${'%61'.repeat(5_000)}`, expect: { fits: 'a'.repeat(5_000) } },
  { id: 'TR-015', why: 'half an escape', uri: 'files:///a%', expect: NOT_FOUND },
  { id: 'TR-015', why: 'an escape of no character', uri: 'files:///%c0%ae%c0%ae/a', expect: NOT_FOUND },
  { id: 'TR-015', why: 'an empty variable', uri: 'notes:///versions/1', expect: NOT_FOUND },
  { id: 'TR-015', why: 'an empty URI', uri: '', expect: NOT_FOUND },
  { id: 'TR-016', why: 'the scheme of another server', uri: 'postgres://localhost/notes', expect: NOT_FOUND },
  { id: 'TR-016', why: 'the scheme of another server, and dots', uri: 'postgres://db/../../etc/passwd', expect: NOT_FOUND },
  { id: 'TR-016', why: 'files that nobody offers', uri: 'file:///etc/passwd', expect: NOT_FOUND },
  { id: 'TR-016', why: 'git', uri: 'git://head', expect: NOT_FOUND },
  { id: 'TR-016', why: 'a scheme in capitals', uri: 'FILES:///a', expect: NOT_FOUND },
  { id: 'TR-016', why: 'a blank before the scheme', uri: ' files:///a', expect: NOT_FOUND },
  { id: 'TR-016', why: 'a host', uri: 'files://evil.com/a', expect: NOT_FOUND },
  { id: 'TR-016', why: 'a second segment', uri: 'notes://a/b/versions/1', expect: NOT_FOUND },
  {
    id: 'TR-016',
    why: 'an encoded slash is part of a name, decoded once',
    uri: 'notes://..%2f..%252f/versions/1',
    expect: { fits: '../..%2f' },
  },
  { id: 'TR-016', why: 'dots are the handler’s to judge', uri: 'files:///../../etc/passwd', expect: { fits: '../../etc/passwd' } },
  { id: 'TR-016', why: 'so are encoded ones, decoded once', uri: 'files:///%2e%2e/%252e', expect: { fits: '../%2e' } },
  { id: 'TR-016', why: 'and a zero byte', uri: 'files:///a%00b', expect: { fits: 'a\\u{0}b' } },
  { id: 'TR-016', why: 'a name of an object’s own', uri: 'notes://__proto__/versions/constructor', expect: { fits: '__proto__' } },
];
