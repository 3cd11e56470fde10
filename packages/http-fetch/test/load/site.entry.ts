/** A site with the costly pages, in a process of its own: it must not slow down who measures, nor count. Says its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { COSTLY } from './pages.ts';

const made = new Map<string, Buffer>();

const server = createServer(({ url = '' }, response) => {
  const name = url.slice(1).replace(/\?.*/, '');
  const costly = COSTLY[name];
  if (costly === undefined) return void response.writeHead(404).end();
  const body = made.get(name) ?? costly.body();
  made.set(name, body);
  const { mediaType, encoding } = costly;
  response.writeHead(200, { 'content-type': mediaType, ...(encoding === undefined ? {} : { 'content-encoding': encoding }) });
  response.end(body);
});
// It ends with whoever started it, however that ends: what is left behind keeps the pipes of its output open.
process.stdin.resume().once('end', () => process.exit());
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
