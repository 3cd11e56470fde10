/** A robots.txt, a path, and whether this program may fetch it. */
export type RobotsRow = readonly [id: string, file: string, path: string, allowed: boolean, why: string];

const all = (...lines: string[]) => ['User-agent: *', ...lines].join('\n');
const ours = (...lines: string[]) => ['User-agent: touchstone', ...lines].join('\n');

/** The rules of RFC 9309, 2.2. The name of this program in these files is Touchstone. */
export const robotsRows: readonly RobotsRow[] = [
  ['HF-092', '', '/a', true, 'an empty file allows everything'],
  ['HF-092', all('Disallow:'), '/a', true, 'an empty Disallow, too'],
  ['HF-092', all('Disallow: /'), '/a', false, 'everything'],
  ['HF-092', all('Disallow: /'), '/robots.txt', true, 'but the file itself'],
  ['HF-092', all('Disallow: /a'), '/abc', false, 'a prefix'],
  ['HF-092', all('Disallow: /a/'), '/a', true, 'a longer one'],
  ['HF-092', all('Disallow: /a'), '/A', true, 'paths have case'],
  ['HF-092', 'USER-AGENT: *\nDISALLOW: /a', '/a', false, 'keys have none'],
  ['HF-092', 'user-agent : *  \n  disallow :  /a  # why', '/a', false, 'space and comments'],
  ['HF-092', '\ufeffUser-agent: *\r\nDisallow: /a\r\n', '/a', false, 'a byte order mark, CRLF'],
  ['HF-092', 'User-agent: *\rDisallow: /a\r', '/a', false, 'CR alone'],
  ['HF-092', 'Disallow: /a', '/a', true, 'a rule before any agent is nobody’s'],
  ['HF-092', all('Allow: /a/b', 'Disallow: /a'), '/a/b', true, 'the longest match'],
  ['HF-092', all('Disallow: /a', 'Allow: /a/b'), '/a/b', true, 'whatever the order'],
  ['HF-092', all('Allow: /a', 'Disallow: /a/b'), '/a/b', false, 'either way'],
  ['HF-092', all('Disallow: /a', 'Allow: /a'), '/a', true, 'allow where they are alike'],
  ['HF-092', all('Disallow: /*.gif$', 'Allow: /x/'), '/x/a.gif', false, 'longest by octets of the pattern'],
  ['HF-092', all('Disallow: /*.gif$'), '/x.gif?y', true, 'the end is the end of all'],
  ['HF-092', all('Disallow: /*.gif'), '/x.gif?y', false, 'without it, any end'],
  ['HF-092', all('Disallow: /a*b*c'), '/a1b2c3', false, 'stars'],
  ['HF-092', all('Disallow: /a*b*c'), '/a1c2b3', true, 'in order'],
  ['HF-092', all('Disallow: /a*a$'), '/a', true, 'parts do not share octets'],
  ['HF-092', all('Disallow: *'), '/a', false, 'a star alone'],
  ['HF-092', all('Disallow: /a$b'), '/a$b', false, '$ inside is a character'],
  ['HF-092', all('Disallow: /$'), '/', false, 'only the root'],
  ['HF-092', all('Disallow: /$'), '/a', true, 'and nothing else'],
  ['HF-092', all('Disallow: /?s='), '/?s=1', false, 'the query counts'],
  ['HF-092', all('Disallow: /a%2Fb'), '/a%2Fb', false, '%2F is itself'],
  ['HF-092', all('Disallow: /a%2Fb'), '/a/b', true, 'and no slash'],
  ['HF-092', all('Disallow: /a%2fb'), '/a%2Fb', false, 'in either case'],
  ['HF-092', all('Disallow: /%7Ejoe'), '/~joe', false, 'what need not be encoded is the same'],
  ['HF-092', all('Disallow: /~joe'), '/%7Ejoe', false, 'either way'],
  ['HF-092', all('Disallow: /ツ'), '/%E3%83%84', false, 'UTF-8'],
  ['HF-092', all('Disallow: /%E3%83%84'), '/ツ', false, 'either way'],
  ['HF-092', `${ours('Disallow: /a')}\n${all('Disallow: /')}`, '/b', true, 'our group alone counts'],
  ['HF-092', `${all('Disallow: /')}\n${ours('Disallow: /a')}`, '/b', true, 'wherever it stands'],
  ['HF-092', `${ours('Disallow: /a')}\n${all('Allow: /')}\n${ours('Disallow: /b')}`, '/b', false, 'two of ours are one'],
  ['HF-092', 'User-agent: TouchStone/2.0\nDisallow: /a', '/a', false, 'case and version do not count'],
  ['HF-092', 'User-agent: touch\nDisallow: /a', '/a', true, 'a part of the name is another'],
  ['HF-092', 'User-agent: touchstone-news\nDisallow: /a', '/a', true, 'so is a longer one'],
  ['HF-092', 'User-agent: other\nUser-agent: touchstone\nDisallow: /a', '/a', false, 'agents in a row share'],
  ['HF-092', 'User-agent: touchstone\n\nSitemap: /s\n\nUser-agent: other\nDisallow: /a', '/a', false, 'with other lines between'],
  ['HF-092', 'User-agent: touchstone\nAllow: /\nUser-agent: other\nDisallow: /a', '/a', true, 'a rule ends the row'],
  ['HF-092', 'User-agent: touchstone\nCrawl-delay: 0\nUser-agent: other\nDisallow: /a', '/a', true, 'so does a delay'],
  ['HF-092', `${ours('Disallow:')}\n${all('Disallow: /')}`, '/a', true, 'an empty group of ours is ours'],
  ['HF-092', `${ours('')}\n${all('Disallow: /')}`, '/a', false, 'one without a line is in a row with the next, blank lines or not'],
  [
    'HF-092',
    all(`Disallow: /${'*'.repeat(10_000)}a${'*a'.repeat(2_000)}$`),
    `/${'a'.repeat(1_900)}`,
    false,
    'stars that make others go back: their start counts',
  ],
  [
    'HF-092',
    all(...Array.from({ length: 4_000 }, () => `Disallow: *${'a'.repeat(50)}*b`)),
    `/${'a'.repeat(5_000)}`,
    false,
    'many of them: too much to look for',
  ],
  [
    'HF-092',
    all(...Array.from({ length: 130 }, () => `Disallow: /*${'a'.repeat(1_900)}b${'a'.repeat(2_000)}`)),
    `/${'a'.repeat(7_900)}`,
    false,
    'long ones that are almost found everywhere: they would take a second',
  ],
  ['HF-092', all(`Disallow: /${'*a'.repeat(4_000)}$`), `/${'a'.repeat(60)}`, false, 'more stars than anybody writes: their start counts'],
  ['HF-092', all('Disallow: /a**b$'), '/axxb', false, 'stars in a row are one'],
  ['HF-092', all('Disallow: /a', 'x\n'.repeat(200_000)), '/a', false, 'before the cap of 512 KiB'],
  ['HF-092', all('x\n'.repeat(300_000), 'Disallow: /a'), '/a', true, 'and beyond it'],
  ['HF-092', all('Allow: /b\n'.repeat(1_000_000), 'Disallow: /a'), '/a', true, 'a million rules'],
  ['HF-092', '<html><p>User-agent: *</p><p>Disallow: /</p>', '/a', true, 'a page in place of the file says nothing'],
  ['HF-092', 'User-agent: *\0\nDisallow: /\0a', '/b', true, 'NUL'],
];

/** How the host answers `/robots.txt`, and how the fetch of a page must end. */
export type RobotsStatusRow = readonly [
  id: string,
  answer: number | 'silence' | 'close' | 'redirect' | 'inside' | 'chain' | 'loop',
  outcome: string,
  why: string,
];

/** What a status means (RFC 9309, 2.3.1). */
export const robotsStatusRows: readonly RobotsStatusRow[] = [
  ...[400, 401, 402, 403, 404, 410, 451].map(
    (status): RobotsStatusRow => ['HF-091', status, 'ok', 'no robots.txt for us: everything may be fetched'],
  ),
  ...[500, 502, 503, 504, 599].map((status): RobotsStatusRow => ['HF-090', status, 'denied', 'a host that fails allows nothing']),
  ['HF-091', 429, 'denied', 'too many requests is no word on robots'],
  ['HF-064', 'silence', 'timeout', 'it never answers: its own deadline'],
  ['HF-091', 'close', 'unavailable', 'it breaks off'],
  ['HF-091', 'redirect', 'ok', 'a redirect is followed, to another host too'],
  ['HF-091', 'chain', 'ok', 'five of them'],
  ['HF-091', 'loop', 'denied', 'more: out of reach'],
  ['HF-038', 'inside', 'denied', 'a redirect inside is no more followed than any other'],
];
