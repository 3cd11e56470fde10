/** A body that is made to stall a reader, to fill its memory, or to break it. Made when it is needed: some have 50 MB. */
export interface Bomb {
  readonly id: string;
  readonly why: string;
  readonly mediaType: string;
  readonly body: () => string;
  /** What must be in the answer, if something must. */
  readonly keeps?: string;
  /** Whether the answer says that it was cut. */
  readonly truncated?: boolean;
}

const MEGA = 1_000_000;
const html = 'text/html';

/** Pages and documents against the reader of pages. */
export const BOMBS: readonly Bomb[] = [
  {
    id: 'HF-069',
    why: '50 MB of HTML',
    mediaType: html,
    body: () => '<p>Some words, here and there.</p>'.repeat((50 * MEGA) / 33),
    keeps: 'Some words',
    truncated: true,
  },
  {
    id: 'HF-070',
    why: 'white space of 250,000 elements, without a line end',
    mediaType: html,
    body: () => `${'<i> </i>'.repeat(250_000)}<p>end</p>`,
    keeps: 'end',
  },
  {
    id: 'HF-070',
    why: 'JSON of one string that is all escapes',
    mediaType: 'application/json',
    body: () => JSON.stringify({ said: '"'.repeat(300_000) }),
    keeps: '{\n "said": "',
  },
  {
    id: 'HF-069',
    why: '200,000 nested <div>',
    mediaType: html,
    body: () => `${'<div>'.repeat(200_000)}deep${'</div>'.repeat(200_000)}`,
    keeps: 'deep',
  },
  {
    id: 'HF-069',
    why: '400,000 nested <b><i> that nobody closes',
    mediaType: html,
    body: () => `${'<b><i>'.repeat(200_000)}deep`,
    keeps: 'deep',
  },
  {
    id: 'HF-069',
    why: '200,000 attributes',
    mediaType: html,
    body: () => `<div ${Array.from({ length: 200_000 }, (_, i) => `a${i}=b`).join(' ')}>text</div>`,
    keeps: 'text',
  },
  {
    id: 'HF-069',
    why: '400,000 attributes of one name',
    mediaType: html,
    body: () => `<div ${'id=b '.repeat(400_000)}>text</div>`,
    keeps: 'text',
  },
  {
    id: 'HF-069',
    why: '1,000,000 cells',
    mediaType: html,
    body: () => `<table>${`<tr>${'<td>1</td>'.repeat(100)}</tr>`.repeat(10_000)}</table>`,
    keeps: '1',
    truncated: true,
  },
  {
    id: 'HF-069',
    why: 'cells without ends',
    mediaType: html,
    body: () => `<table>${'<tr><td>1<td>2'.repeat(300_000)}`,
    keeps: '| 1 | 2 |',
    truncated: true,
  },
  {
    id: 'HF-069',
    why: 'cells that span thousands of others',
    mediaType: html,
    body: () => `<table>${`<tr>${'<td rowspan=9999 colspan=9999>x</td>'.repeat(30)}</tr>`.repeat(600)}</table>`,
    keeps: 'x',
  },
  { id: 'HF-069', why: 'tables in tables', mediaType: html, body: () => `${'<table><tr><td>'.repeat(50_000)}inner`, keeps: 'inner' },
  { id: 'HF-069', why: 'lists in lists', mediaType: html, body: () => `${'<ul><li>a'.repeat(50_000)}`, keeps: '- a' },
  { id: 'HF-069', why: 'an entity flood', mediaType: html, body: () => `<p>${'&amp;'.repeat(MEGA)}`, keeps: '&&&' },
  { id: 'HF-069', why: 'a flood of signs that begin nothing', mediaType: html, body: () => `<p>${'&'.repeat(4 * MEGA)}`, keeps: '&&&' },
  { id: 'HF-069', why: 'a flood of <', mediaType: html, body: () => '<'.repeat(5 * MEGA), keeps: '<<<' },
  { id: 'HF-069', why: 'comments that nobody closes', mediaType: html, body: () => `<p>text</p>${'<!-- '.repeat(MEGA)}`, keeps: 'text' },
  {
    id: 'HF-069',
    why: 'quotes that nobody closes',
    mediaType: html,
    body: () => `<p>text</p>${`<a b="' c='" `.repeat(300_000)}`,
    keeps: 'text',
  },
  {
    id: 'HF-069',
    why: 'scripts that nobody closes',
    mediaType: html,
    body: () => `<p>text</p>${'<script>'.repeat(500_000)}`,
    keeps: 'text',
  },
  { id: 'HF-069', why: 'headings of one name', mediaType: html, body: () => '<h2>same</h2>'.repeat(39_000), keeps: '## same' },
  {
    id: 'HF-069',
    why: 'a long base for every link',
    mediaType: html,
    body: () => `<base href="http://e.example/${'a'.repeat(2_000)}/">${'<a href=b>x</a> '.repeat(39_000)}`,
    keeps: 'x',
  },
  {
    id: 'HF-069',
    why: 'styles that are all comments',
    mediaType: html,
    body: () => `<p style="${'/*'.repeat(2_000)}">text</p>`.repeat(1_400),
    keeps: 'text',
  },
  {
    id: 'HF-069',
    why: 'JSON-LD 200,000 deep',
    mediaType: html,
    body: () => `<script type="application/ld+json">${'['.repeat(200_000)}</script><p>text`,
    keeps: 'text',
  },
  { id: 'HF-070', why: '1 MB of *', mediaType: html, body: () => `<p>${'*'.repeat(MEGA)}`, keeps: '**' },
  {
    id: 'HF-070',
    why: '1 MB of [[ and ](',
    mediaType: html,
    body: () => `<p>${'[['.repeat(MEGA / 4)}${']('.repeat(MEGA / 4)}`,
    keeps: '[[[',
  },
  {
    id: 'HF-070',
    why: '1 MB of backticks in text and code',
    mediaType: html,
    body: () => `<p>${'`'.repeat(MEGA / 2)}<code>${'`'.repeat(MEGA / 2)}</code>`,
    keeps: '``',
  },
  { id: 'HF-070', why: '5 MB of spaces', mediaType: html, body: () => `<p>a${' '.repeat(5 * MEGA)}b`, keeps: 'a' },
  { id: 'HF-070', why: '5 MB of line ends in code', mediaType: html, body: () => `<pre>a${'\n'.repeat(5 * MEGA)}b`, keeps: 'a' },
  { id: 'HF-070', why: 'underscores', mediaType: html, body: () => `<p>${'_a_'.repeat(300_000)}`, keeps: '_a' },
  { id: 'HF-072', why: 'billion laughs', mediaType: 'application/rss+xml', body: () => billionLaughs(), keeps: '&lol9;' },
  {
    id: 'HF-072',
    why: 'an external entity',
    mediaType: 'application/xml',
    body: () => '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>',
    keeps: '&x;',
  },
  {
    id: 'HF-072',
    why: 'an external document type',
    mediaType: 'application/xml',
    body: () => '<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd"><rss><channel><title>a &x;</title></channel></rss>',
    keeps: 'a &x;',
  },
  {
    id: 'HF-072',
    why: 'a drawing with a script is text',
    mediaType: 'image/svg+xml',
    body: () => '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    keeps: '<script>alert(1)</script>',
  },
  { id: 'HF-072', why: '1,000,000 nested elements', mediaType: 'application/xml', body: () => '<a>'.repeat(MEGA), keeps: '<a><a>' },
  {
    id: 'HF-072',
    why: 'a sitemap of 100,000 pages',
    mediaType: 'application/xml',
    body: () => `<urlset>${'<url><loc>http://e.example/a</loc></url>'.repeat(100_000)}</urlset>`,
    keeps: '# Sitemap',
    truncated: true,
  },
  { id: 'HF-072', why: 'JSON 1,000,000 deep', mediaType: 'application/json', body: () => '['.repeat(MEGA), keeps: '[[[' },
  {
    id: 'HF-072',
    why: '1.6 MB of JSON on one line',
    mediaType: 'application/json',
    body: () => `[${'{"a":1},'.repeat(200_000)}1]`,
    keeps: '"a"',
  },
  {
    id: 'HF-069',
    why: '50 MB of text',
    mediaType: 'text/plain',
    body: () => 'word '.repeat(10 * MEGA),
    keeps: 'word word',
    truncated: true,
  },
];

function billionLaughs(): string {
  const entities = Array.from({ length: 9 }, (_, level) => `<!ENTITY lol${level + 1} "${`&lol${level};`.repeat(10)}">`).join('');
  return `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol0 "lol">${entities}]><rss><channel><title>&lol9;</title></channel></rss>`;
}
