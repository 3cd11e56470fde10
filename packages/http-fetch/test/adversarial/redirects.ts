/** What the site answers at a path, and how the fetch of it must end. */
export type RedirectRow = readonly [
  id: string,
  path: string,
  answers: Readonly<Record<string, Answer>>,
  outcome: 'denied' | { url: string; redirects: number; status?: number },
  why: string,
];

/** `301 /next`, or what is not a redirect. */
export type Answer = readonly [status: number, headers: Readonly<Record<string, string>>, body?: string];

const to = (location: string, status = 302): Answer => [status, { location }];
const done: Answer = [200, {}, 'done'];

/** Refused whatever the scheme of the site, which is http://site.example. */
export const redirectRows: readonly RedirectRow[] = [
  ...[
    ...[
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      '//127.0.0.1/',
      'http://[::ffff:7f00:1]/',
      'http://127.0.0.1:8080/',
    ],
    ...['http://localhost/', 'http://2130706433/', 'http://metadata.google.internal/', 'gopher://site.example/', 'data:text/html,x'],
    ...[
      'javascript:alert(1)',
      'http://inside.example/',
      'http://mixed.example/',
      'http://site.example:22/',
      'http://user:pw@site.example/',
    ],
    ...[
      '\\\\127.0.0.1\\',
      'http:\\\\127.0.0.1',
      'http://denied.example/',
      'http://[64:ff9b::a9fe:a9fe]/',
      'http://own.example/',
      'https://[::1]/',
    ],
    ...[
      'http://[fe80::1%25eth0]/',
      'http://[2002:7f00:1::]/',
      'http://[2001:0:7f00:1::]/',
      '///169.254.169.254/',
      'ht\ttp://127.0.0.1/',
      'http://127.0.0.1%00.site.example/',
      'http://site.example@127.0.0.1/',
    ],
    ...['//localhost.', 'http://site.example:99999/', 'http://[', `http://site.example/${'a'.repeat(9_000)}`],
  ].map((location): RedirectRow => ['HF-032', '/', { '/': to(location) }, 'denied', `to ${location.slice(0, 60)}`]),
  ...[301, 302, 303, 307, 308].map(
    (status): RedirectRow => ['HF-032', '/', { '/': to('http://127.0.0.1:8080/', status) }, 'denied', `with status ${status}`],
  ),
  [
    'HF-032',
    '/1',
    { '/1': to('/2', 301), '/2': to('/3', 307), '/3': to('http://site.example/4', 308), '/4': done },
    { url: 'http://site.example/4', redirects: 3 },
    'a chain of different kinds is followed',
  ],
  ['HF-032', '/1', { '/1': to('/2'), '/2': to('http://127.0.0.1/') }, 'denied', 'a chain with a bad end'],
  ['HF-032', '/0', Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`/${n}`, to(`/${n + 1}`)])), 'denied', '21 hops'],
  [
    'HF-032',
    '/0',
    { ...Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`/${n}`, to(`/${n + 1}`)])), '/5': done },
    { url: 'http://site.example/5', redirects: 5 },
    'five are followed',
  ],
  ['HF-032', '/0', Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`/${n}`, to(`/${n + 1}`)])), 'denied', 'six are not'],
  ['HF-032', '/', { '/': to('/') }, 'denied', 'to itself'],
  ['HF-032', '/a', { '/a': to('/b'), '/b': to('/a') }, 'denied', 'there and back'],
  [
    'HF-032',
    '/',
    { '/': [200, { refresh: '0; url=http://127.0.0.1:8080/' }, 'done'] },
    { url: 'http://site.example/', redirects: 0 },
    'Refresh sends nobody',
  ],
  [
    'HF-032',
    '/',
    {
      '/': [
        200,
        { 'content-type': 'text/html' },
        '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:8080/"><script>location="/x"</script>',
      ],
    },
    { url: 'http://site.example/', redirects: 0 },
    'nor does what a page says',
  ],
  [
    'HF-032',
    '/',
    { '/': [200, { location: 'http://127.0.0.1/' }, 'done'] },
    { url: 'http://site.example/', redirects: 0 },
    'nor Location without a 3xx',
  ],
  ['HF-032', '/', { '/': [302, {}, 'done'] }, { url: 'http://site.example/', redirects: 0, status: 302 }, 'nor a 3xx without Location'],
  ['HF-032', '/', { '/': [304, { location: 'http://127.0.0.1/' }] }, { url: 'http://site.example/', redirects: 0, status: 304 }, 'nor 304'],
  [
    'HF-032',
    '/',
    { '/': [300, { location: 'http://127.0.0.1/' }] },
    { url: 'http://site.example/', redirects: 0, status: 300 },
    'nor a choice',
  ],
  [
    'HF-032',
    '/',
    { '/': to('http:127.0.0.1') },
    { url: 'http://site.example/127.0.0.1', redirects: 1, status: 404 },
    'a relative path, to WHATWG',
  ],
  ['HF-032', '/#part', { '/': to('/next'), '/next': done }, { url: 'http://site.example/next#part', redirects: 1 }, 'the fragment stays'],
];
