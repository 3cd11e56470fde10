import type { IncomingMessage, ServerResponse } from 'node:http';
import * as zlib from 'node:zlib';
import { bombPdfs } from './load/pdfs.ts';

/** One way in which a host may answer, and be a burden. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const HTML = { 'content-type': 'text/html' };
const KEPT = { ...HTML, 'cache-control': 'max-age=60' };
const ARTICLE = `<p>${'Some words, here and there, and a <a href="/b">link</a>. '.repeat(10)}</p>`;
const page = (bytes: number) => ARTICLE.repeat(Math.ceil(bytes / ARTICLE.length));
const MIDDLE = page(300_000);
const LARGE = page(1_500_000);
const PACKED = zlib.gzipSync(LARGE);
const send = (status: number, headers: object, body: string | Buffer): Behaviour => {
  return (_request, response) => response.writeHead(status, { ...headers }).end(body);
};

/** Starts to answer, and leaves the rest to `then`. */
const begin = (headers: object, start: string | Buffer, then: (response: ServerResponse) => void): Behaviour => {
  return (_request, response) => {
    response.writeHead(200, { ...headers });
    response.write(start, () => then(response));
  };
};

/** Everything that a call can meet, by path. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  small: send(200, HTML, '<p>small</p>'),
  large: send(200, HTML, LARGE),
  'large-kept': send(200, KEPT, LARGE),
  'large-and-again': (request, response) =>
    request.headers['if-none-match'] === '"1"'
      ? response.writeHead(304, { etag: '"1"' }).end()
      : response.writeHead(200, { ...HTML, 'cache-control': 'no-cache', etag: '"1"' }).end(MIDDLE),
  packed: send(200, { ...KEPT, 'content-encoding': 'gzip' }, PACKED),
  'packed-and-broken': send(
    200,
    { ...HTML, 'content-encoding': 'gzip' },
    Buffer.concat([PACKED.subarray(0, 20_000), Buffer.alloc(20_000, 7)]),
  ),
  'packed-and-cut': send(200, { ...HTML, 'content-encoding': 'deflate' }, zlib.deflateSync(LARGE).subarray(0, 9_000)),
  'in-pieces': begin(HTML, MIDDLE, (response) => {
    const timer = setInterval(() => response.write('<p>more</p>'), 20);
    response.on('close', () => clearInterval(timer));
  }),
  'silent-in-the-middle': begin(HTML, MIDDLE, () => {}),
  'broken-off': begin({ ...KEPT, 'content-length': '9000000' }, MIDDLE, (response) => response.destroy()),
  'never-answered': () => {},
  refused: (request) => request.socket.resetAndDestroy(),
  'busy-and-large': send(503, { ...HTML, 'retry-after': '0' }, MIDDLE),
  'sent-on': send(302, { location: '/large' }, MIDDLE),
  'sent-in-circles': send(302, { location: '/sent-in-circles' }, ''),
  'sent-inside': send(302, { location: 'http://10.0.0.1/' }, ''),
  picture: send(200, {}, Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(500_000, 1)])),
  binary: send(200, {}, Buffer.alloc(3_000_000)),
  deep: send(200, HTML, '<div>'.repeat(200_000)),
  'many-rows': send(200, HTML, `<table>${`<tr>${'<td>1</td>'.repeat(100)}</tr>`.repeat(2_000)}</table>`),
  feed: send(200, { 'content-type': 'application/rss+xml' }, `<rss><channel>${'<item><title>a</title></item>'.repeat(40_000)}`),
  json: send(200, { 'content-type': 'application/json' }, `[${'{"a":[]},'.repeat(70_000)}1]`),
  pdf: send(200, {}, bombPdfs['pdf-objects']?.() ?? ''),
  'pdf-small': send(200, {}, bombPdfs['pdf-small']?.() ?? ''),
};

/** What each host says of robots. */
export const ROBOTS: Readonly<Record<string, Behaviour>> = {
  'a.example': send(404, {}, ''),
  'b.example': send(200, {}, `${'# words\n'.repeat(50_000)}User-agent: *\nDisallow: /feed\n`),
  'c.example': (_request, response) => void setTimeout(() => response.writeHead(200).end('User-agent: *\nCrawl-delay: 0.01\n'), 100),
  'd.example': send(302, { location: 'http://a.example/robots.txt' }, ''),
  'down.example': send(503, {}, MIDDLE),
  'silent.example': () => {},
};
