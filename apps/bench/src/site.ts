/** The site, and a proxy to it, in a process of its own: its work must not count for anybody. Says its port to who has forked it. */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { PAGES } from './pages.ts';

const server = createServer((request, response) => {
  // A proxy is asked with a whole URL.
  const { pathname } = new URL(request.url ?? '/', 'http://site.example');
  if (pathname === '/robots.txt') return void response.end('User-agent: *\nAllow: /\n');
  const page = PAGES[pathname];
  if (page === undefined) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  // Without a length, as pages come that are made while they are sent.
  Readable.from(page.parts()).pipe(response);
});
// Whatever host a tunnel is to, it ends here.
server.on('connect', (_request, socket: Socket, first: Buffer) => {
  socket.on('error', () => {}).write('HTTP/1.1 200 Connection Established\r\n\r\n');
  if (first.length > 0) socket.unshift(first);
  server.emit('connection', socket);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
