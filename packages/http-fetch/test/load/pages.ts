import * as zlib from 'node:zlib';
import { bombPdfs } from './pdfs.ts';

/** An answer that costs a reader as much as answers can. Made when it is asked for. */
export interface Costly {
  readonly mediaType: string;
  readonly encoding?: string;
  readonly body: () => Buffer;
}

const MEGA = 1_000_000;
const html = (body: () => string): Costly => ({ mediaType: 'text/html', body: () => Buffer.from(body()) });
const typed = (mediaType: string, body: () => string): Costly => ({ mediaType, body: () => Buffer.from(body()) });
const packed = (encoding: string, body: () => Buffer): Costly => ({ mediaType: 'text/html', encoding, body });

const WORDS = 'Some words, here and there, and a <a href="/b">link</a>. ';
const ARTICLE = `<p>${WORDS.repeat(10)}</p>`;
const zeros = () => Buffer.alloc(100 * MEGA);
/** What packs as well as text does at best, and is a page once unpacked. */
const page = () => Buffer.from(`<article>${ARTICLE.repeat((10 * MEGA) / ARTICLE.length)}</article>`);

/** Pages, bombs and pictures by name. */
export const COSTLY: Readonly<Record<string, Costly>> = {
  'small-page': html(() => '<h1>Small</h1><p>words</p>'),
  '1-mb-article': html(() => `<title>Long</title><article><h1>Long</h1>${ARTICLE.repeat(MEGA / ARTICLE.length)}</article>`),
  '10-mb-html': html(() => page().toString()),
  '50-mb-html': html(() => `<article>${ARTICLE.repeat((50 * MEGA) / ARTICLE.length)}</article>`),
  'deep-nesting': html(() => `${'<div>'.repeat(200_000)}deep${'</div>'.repeat(200_000)}`),
  '100000-links': html(() => Array.from({ length: 100_000 }, (_, n) => `<a href="/page/${n}">Page ${n}</a> `).join('')),
  'huge-table': html(() => `<table>${`<tr>${'<td>1</td>'.repeat(100)}</tr>`.repeat(10_000)}</table>`),
  'wide-spans': html(() => `<table>${`<tr>${'<td rowspan=9999 colspan=9999>x</td>'.repeat(30)}</tr>`.repeat(600)}</table>`),
  'many-attributes': html(() => `<div ${Array.from({ length: 500_000 }, (_, n) => `a${n}=b`).join(' ')}>text</div>`),
  'many-headings': html(() => Array.from({ length: 39_000 }, (_, n) => `<h2 id=h${n}>Heading ${n}</h2>`).join('')),
  entities: html(() => `<p>${'&amp;'.repeat(MEGA)}`),
  'two-byte-text': html(() => `<p>${'日本語 '.repeat(600_000)}</p>`),
  'plain-text': typed('text/plain', () => 'word '.repeat(10 * MEGA)),
  'gzip-bomb': packed('gzip', () => zlib.gzipSync(zeros())),
  'br-bomb': packed('br', () => zlib.brotliCompressSync(zeros(), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } })),
  'deflate-bomb': packed('deflate', () => zlib.deflateSync(zeros())),
  'zstd-bomb': packed('zstd', () => zlib.zstdCompressSync(zeros())),
  'gzip-in-gzip': packed('gzip, gzip', () => zlib.gzipSync(zlib.gzipSync(zeros()))),
  'gzip-page': packed('gzip', () => zlib.gzipSync(page())),
  'br-page': packed('br', () => zlib.brotliCompressSync(page(), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } })),
  'zstd-page': packed('zstd', () => zlib.zstdCompressSync(page())),
  feed: typed(
    'application/rss+xml',
    () => `<rss><channel><title>F</title>${'<item><title>a</title><link>/a</link></item>'.repeat(200_000)}`,
  ),
  'feed-of-html': typed(
    'application/rss+xml',
    () => `<rss><channel>${`<item><description>${'&lt;b>x&lt;/b>'.repeat(1_500)}</description></item>`.repeat(90)}`,
  ),
  sitemap: typed('application/xml', () => `<urlset>${'<url><loc>http://e.example/a</loc></url>'.repeat(200_000)}</urlset>`),
  'deep-xml': typed('application/xml', () => '<a>'.repeat(MEGA)),
  'json-objects': typed('application/json', () => `[${'{"a":1},'.repeat(220_000)}1]`),
  'json-arrays': typed('application/json', () => `[${'[],'.repeat(660_000)}1]`),
  'json-keys': typed('application/json', () => `{${Array.from({ length: 150_000 }, (_, n) => `"k${n}":1`).join()}}`),
  'json-deep': typed('application/json', () => '['.repeat(MEGA)),
  picture: { mediaType: 'image/png', body: () => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(3_900_000, 1)]) },
  binary: { mediaType: 'application/octet-stream', body: () => Buffer.alloc(50 * MEGA, 0) },
  ...Object.fromEntries(Object.entries(bombPdfs).map(([name, body]) => [name, { mediaType: 'application/pdf', body }])),
};
