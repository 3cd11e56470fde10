import type { Socket } from 'node:net';
import * as zlib from 'node:zlib';

/** What the host sends, whole or as it goes on, and how the fetch must end: with a code, or with these facts. */
export type BodyRow = readonly [
  id: string,
  why: string,
  answer: string | Buffer | ((socket: Socket) => void),
  outcome: 'unavailable' | 'timeout' | 'too_large' | Readonly<Record<string, unknown>>,
];

const MIB = 1024 ** 2;
const CRLF = '\r\n';

function answer(headers: Readonly<Record<string, string>>, body: string | Buffer = '', status = '200 OK'): Buffer {
  const lines = Object.entries({ 'Content-Length': String(Buffer.byteLength(body)), ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return Buffer.concat([Buffer.from([`HTTP/1.1 ${status}`, ...lines, '', ''].join(CRLF), 'latin1'), Buffer.from(body)]);
}

const encoded = (encoding: string, body: Buffer) => answer({ 'Content-Type': 'text/plain', 'Content-Encoding': encoding }, body);
const head = (text: string) => ['HTTP/1.1 200 OK', text, '', ''].join(CRLF);

/** Writes the same again and again, as fast as it is taken or every so many milliseconds, until nobody takes it. */
function forever(first: string, piece: string | Buffer, everyMs = 0) {
  return (socket: Socket) => {
    socket.write(first);
    const go = () => {
      if (socket.destroyed) return;
      if (everyMs > 0) socket.write(piece, () => setTimeout(go, everyMs));
      else socket.write(piece, () => setImmediate(go));
    };
    go();
  };
}

const zeros = Buffer.alloc(100 * MIB);
const gzipped = zlib.gzipSync(zeros);
const zstd = zlib.zstdCompressSync(zeros);
const wideZstd = zlib.zstdCompressSync(Buffer.alloc(64 * MIB, 'ab'), {
  params: { [zlib.constants.ZSTD_c_windowLog]: 26, [zlib.constants.ZSTD_c_compressionLevel]: 19 },
});
const text = Buffer.from('Hello, world. '.repeat(10));

/** Bombs: each of them is cut, and the memory of the process is watched. */
export const bombRows: readonly BodyRow[] = [
  ['HF-060', 'gzip', encoded('gzip', gzipped), { truncated: true }],
  ['HF-060', 'brotli', encoded('br', zlib.brotliCompressSync(zeros)), { truncated: true }],
  [
    'HF-062',
    'brotli in chunks',
    encoded('br', zlib.brotliCompressSync(zeros, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } })),
    { truncated: true },
  ],
  ['HF-060', 'gzip in gzip', encoded('gzip, gzip', zlib.gzipSync(gzipped)), { truncated: true }],
  ['HF-060', 'gzip in brotli', encoded('gzip, br', zlib.brotliCompressSync(gzipped)), { truncated: true }],
  ['HF-060', 'zstd', encoded('zstd', zstd), { truncated: true }],
  ['HF-060', 'zstd with a window of 64 MiB', encoded('zstd', wideZstd), 'unavailable'],
  ['HF-060', 'deflate', encoded('deflate', zlib.deflateSync(zeros)), { truncated: true }],
  ['HF-060', 'deflate without its header', encoded('deflate', zlib.deflateRawSync(zeros)), { truncated: true }],
  ['HF-060', 'gzip three times', encoded('gzip, gzip, gzip', gzipped), 'unavailable'],
  ['HF-060', 'many of nothing', encoded(Array.from({ length: 500 }, () => 'gzip').join(), gzipped), 'unavailable'],
  ['HF-063', '100 MiB plain', answer({}, zeros), { truncated: true, size: 1_000_000 }],
  [
    'HF-063',
    'chunks without end',
    forever(head('Transfer-Encoding: chunked'), `10000${CRLF}${'x'.repeat(65_536)}${CRLF}`),
    { truncated: true, size: 1_000_000 },
  ],
  ['HF-063', 'a body without length or end', forever(head('Connection: close'), 'x'.repeat(65_536)), { truncated: true, size: 1_000_000 }],
  [
    'HF-065',
    'a length of 99,999,999,999',
    forever(head('Content-Length: 99999999999'), 'x'.repeat(65_536)),
    { truncated: true, size: 1_000_000 },
  ],
];

/** Everything else that a host can do to a body or to HTTP. Calls have 2 seconds, bodies 1 MB. */
export const bodyRows: readonly BodyRow[] = [
  ['HF-060', 'honest gzip', encoded('gzip', zlib.gzipSync(text)), { start: text.toString(), truncated: false }],
  ['HF-060', 'X-Gzip', encoded('X-GZip', zlib.gzipSync(text)), { start: text.toString() }],
  ['HF-060', 'honest brotli', encoded('br', zlib.brotliCompressSync(text)), { start: text.toString() }],
  ['HF-060', 'honest zstd', encoded('zstd', zlib.zstdCompressSync(text)), { start: text.toString() }],
  ['HF-060', 'honest deflate', encoded('deflate', zlib.deflateSync(text)), { start: text.toString() }],
  ['HF-060', 'deflate without its header', encoded('deflate', zlib.deflateRawSync(text)), { start: text.toString() }],
  ['HF-060', 'two layers', encoded('deflate, gzip', zlib.gzipSync(zlib.deflateSync(text))), { start: text.toString() }],
  ['HF-060', 'identity', encoded('identity', text), { start: text.toString() }],
  ['HF-060', 'gzip without its end', encoded('gzip', zlib.gzipSync(text).subarray(0, -8)), { start: text.toString() }],
  [
    'HF-060',
    'gzip with something after it',
    encoded('gzip', Buffer.concat([zlib.gzipSync(text), Buffer.from('\0\0rest')])),
    { start: text.toString() },
  ],
  ['HF-060', 'an encoding of no bytes', encoded('gzip', Buffer.alloc(0)), { start: '', size: 0 }],
  ['HF-060', 'what says gzip and is none', encoded('gzip', text), 'unavailable'],
  ['HF-060', 'what says brotli and is none', encoded('br', text), 'unavailable'],
  ['HF-060', 'what says zstd and is none', encoded('zstd', text), 'unavailable'],
  ['HF-060', 'what says deflate and is none', encoded('deflate', text), 'unavailable'],
  ['HF-060', 'an encoding that nobody asked for', encoded('compress', text), 'unavailable'],
  ['HF-063', 'nothing at all', () => {}, 'timeout'],
  ['HF-063', 'one byte of the status line each 200 ms', forever('', 'H', 200), 'unavailable'],
  ['HF-063', 'headers that never end', forever('HTTP/1.1 200 OK\r\n', 'X-A: b\r\n', 50), 'timeout'],
  ['HF-063', 'headers that never end, at once', forever('HTTP/1.1 200 OK\r\n', `X-A: ${'b'.repeat(1_000)}\r\n`), 'too_large'],
  ['HF-063', 'one header of 64 kB', answer({ 'X-A': 'b'.repeat(65_536) }), 'too_large'],
  [
    'HF-063',
    'a thousand of them',
    answer(Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`X-${n}`, 'b'.repeat(65_000)]))),
    'too_large',
  ],
  ['HF-063', 'honest headers of 30 kB', answer({ 'X-A': 'b'.repeat(30_000) }, 'done'), { start: 'done' }],
  ['HF-063', '103 without end', forever('', `HTTP/1.1 103 Early Hints${CRLF}${CRLF}`), 'unavailable'],
  ['HF-063', '100 without end', forever('', `HTTP/1.1 100 Continue${CRLF}${CRLF}`), 'unavailable'],
  [
    'HF-063',
    'one 103',
    Buffer.concat([Buffer.from(`HTTP/1.1 103 Early Hints${CRLF}Link: </x>${CRLF}${CRLF}`), answer({}, 'done')]),
    { start: 'done' },
  ],
  ['HF-063', '101', `HTTP/1.1 101 Switching Protocols${CRLF}Upgrade: x${CRLF}Connection: Upgrade${CRLF}${CRLF}`, 'unavailable'],
  ['HF-063', 'a body that stops', forever(`${head('Content-Length: 100')}started`, '', 500), { start: 'started', truncated: true }],
  ['HF-063', 'a body that drips', forever(head('Content-Length: 9999'), 'x', 100), { truncated: true }],
  ['HF-063', 'a body that never starts', forever(head('Content-Length: 100'), '', 500), 'timeout'],
  [
    'HF-063',
    'gzip that drips',
    forever(head('Content-Encoding: gzip\r\nContent-Length: 999999'), zlib.gzipSync(text).subarray(0, 20), 5_000),
    { start: 'Hello, wo', truncated: true },
  ],
  [
    'HF-065',
    'less than was announced',
    (socket: Socket) => socket.end(`${head('Content-Length: 100')}short`),
    { start: 'short', size: 5, truncated: true, incomplete: true },
  ],
  ['HF-065', 'nothing of what was announced', (socket: Socket) => socket.end(head('Content-Length: 100')), 'unavailable'],
  [
    'HF-065',
    'a reset in the middle',
    (socket: Socket) => socket.write(`${head('Content-Length: 100')}short`, () => setTimeout(() => socket.resetAndDestroy(), 50)),
    { start: 'short', truncated: true, incomplete: true },
  ],
  [
    'HF-063',
    'a body in pieces of one byte',
    (socket: Socket) => socket.write(`${head('Transfer-Encoding: chunked')}${'1\r\nx\r\n'.repeat(300_000)}0\r\n\r\n`),
    { size: 300_000, truncated: false },
  ],
  ['HF-065', 'more than was announced', `${head('Content-Length: 5')}done.HTTP/1.1 200 OK`, { start: 'done.', size: 5 }],
  ['HF-065', 'both lengths', `${head('Content-Length: 5\r\nTransfer-Encoding: chunked')}5\r\ndone.\r\n0\r\n\r\n`, 'unavailable'],
  ['HF-065', 'two lengths', `${head('Content-Length: 5\r\nContent-Length: 6')}done..`, 'unavailable'],
  ['HF-065', 'a length below zero', `${head('Content-Length: -5')}done.`, 'unavailable'],
  ['HF-065', 'a length that is no number', `${head('Content-Length: 5x')}done.`, 'unavailable'],
  ['HF-065', 'CR alone', 'HTTP/1.1 200 OK\rContent-Length: 5\r\rdone.', 'unavailable'],
  ['HF-065', 'CR inside a header', `${head('X-A: a\rb\r\nContent-Length: 5')}done.`, 'unavailable'],
  ['HF-065', 'NUL inside a header', `${head('X-A: a\0b\r\nContent-Length: 5')}done.`, 'unavailable'],
  ['HF-065', 'a chunk of strange size', `${head('Transfer-Encoding: chunked')}zz\r\ndone.\r\n0\r\n\r\n`, 'unavailable'],
  ['HF-065', 'a chunk of huge size', `${head('Transfer-Encoding: chunked')}fffffffffffffffff\r\ndone.`, 'unavailable'],
  [
    'HF-065',
    'a chunk that breaks off',
    (socket: Socket) => socket.end(`${head('Transfer-Encoding: chunked')}10\r\ndone.`),
    { start: 'done.', truncated: true, incomplete: true },
  ],
  [
    'HF-065',
    'trailers that would be headers',
    `${head('Transfer-Encoding: chunked')}4\r\ndone\r\n0\r\nLocation: http://169.254.169.254/\r\nContent-Encoding: gzip\r\n\r\n`,
    { start: 'done', truncated: false, redirects: [] },
  ],
  [
    'HF-063',
    'trailers without end',
    forever(`${head('Transfer-Encoding: chunked')}4\r\ndone\r\n0\r\n`, `X-A: ${'b'.repeat(1_000)}\r\n`),
    'too_large',
  ],
  ['HF-063', 'an extension of a chunk without end', forever(`${head('Transfer-Encoding: chunked')}4;`, 'a'.repeat(65_536)), 'timeout'],
  ['HF-065', 'another answer behind the first', Buffer.concat([answer({}, 'first'), answer({}, 'second')]), { start: 'first', size: 5 }],
  [
    'HF-065',
    'a transfer encoding that nobody knows',
    `${head('Transfer-Encoding: gzip, chunked')}4\r\ndone\r\n0\r\n\r\n`,
    { start: 'done' },
  ],
  ['HF-065', 'headers that objects have', answer({ ['__proto__x']: 'x', constructor: 'y', toString: 'z' }, 'done'), { start: 'done' }],
  ['HF-065', 'a header without a name', `${head(': x\r\nContent-Length: 4')}done`, 'unavailable'],
  [
    'HF-060',
    'a part of a bomb',
    answer({ 'Content-Encoding': 'gzip', 'Content-Range': 'bytes 0-9/99' }, gzipped, '206 Partial Content'),
    { status: 206, truncated: true },
  ],
  ['HF-065', 'no HTTP at all', 'SSH-2.0-OpenSSH_9.9\r\n', 'unavailable'],
  ['HF-065', 'HTTP/0.9', '<p>done.</p>', 'unavailable'],
  ['HF-065', 'HTTP/2', 'HTTP/2 200\r\n\r\n', 'unavailable'],
  ['HF-065', 'it hangs up', (socket: Socket) => socket.end(), 'unavailable'],
  ['HF-065', 'it resets', (socket: Socket) => socket.resetAndDestroy(), 'unavailable'],
  ['HF-077', '204', answer({}, '', '204 No Content'), { status: 204, size: 0 }],
  ['HF-077', '206', answer({ 'Content-Range': 'bytes 0-3/9' }, 'part', '206 Partial Content'), { status: 206, start: 'part' }],
  ['HF-077', '304 that nobody asked for', 'HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\n\r\n', { status: 304, size: 0 }],
  ['HF-077', '404 with a page', answer({}, 'nothing here', '404 Not Found'), { status: 404, start: 'nothing here' }],
  ['HF-077', '500', answer({}, 'oops', '500 Internal Server Error'), { status: 500, start: 'oops' }],
  ['HF-077', '999', answer({}, 'go away', '999 Denied'), { status: 999, start: 'go away' }],
  ['HF-077', 'an empty body', answer({}), { status: 200, size: 0, mediaType: '' }],
  [
    'HF-067',
    'a type with a charset',
    answer({ 'Content-Type': 'Text/HTML; Charset="UTF-16LE"' }, 'x'),
    { mediaType: 'text/html', charset: 'UTF-16LE' },
  ],
  ['HF-067', 'a type that is none', answer({ 'Content-Type': ';;;' }, 'x'), { mediaType: '', start: 'x' }],
  ['HF-067', 'two types', answer({ 'Content-Type': 'text/html', 'content-type': 'text/plain' }, 'x'), { start: 'x' }],
];
