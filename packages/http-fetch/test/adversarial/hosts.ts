import type { IncomingHttpHeaders } from 'node:http';
import { type Authority, createAuthority, type Listener, listenHttp, listenHttps, listenTcp } from '../listeners.ts';
import { type TestNetwork, testNetwork } from '../network.ts';
import type { Answer } from './redirects.ts';

/** The names of the hosts, and where they are. */
export const names = {
  'site.example': ['93.184.216.34'],
  'other.example': ['93.184.216.35'],
  'denied.example': ['93.184.216.35'],
  'inside.example': ['10.0.0.1'],
  'mixed.example': ['93.184.216.34', '10.0.0.1'],
  'own.example': ['93.184.216.99'],
};

/** Some public hosts, by http and https, and a trap at every other address. */
export interface Hosts extends AsyncDisposable {
  /** By path, or by host and path. What is not here is 404. */
  answers: Readonly<Record<string, Answer>>;
  /** Requests so far, robots.txt left out. */
  readonly asked: { host: string; url: string; method: string; headers: IncomingHttpHeaders; body: string }[];
  readonly onRequest: Parameters<typeof listenHttp>[0];
  readonly authority: Authority;
  readonly site: Listener;
  readonly secure: Listener;
  readonly trap: Listener;
  readonly network: TestNetwork;
}

/** Starts hosts that answer nothing but 404. */
export async function startHosts(): Promise<Hosts> {
  const asked: Hosts['asked'] = [];
  const onRequest: Hosts['onRequest'] = async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { url = '', method = '', headers } = request;
    if (url !== '/robots.txt') asked.push({ host: headers.host ?? '', url, method, headers, body });
    const [status, sent, text] = hosts.answers[`${headers.host}${url}`] ?? hosts.answers[url] ?? [404, {}];
    response.writeHead(status, sent).end(text);
  };
  const authority = createAuthority();
  const site = await listenHttp(onRequest);
  const secure = await listenHttps(authority.issue('site.example'), onRequest);
  const trap = await listenTcp((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nreached'));
  const network = testNetwork(names, (address, port) =>
    /^93\.184\.216\.3[45]$/.test(address) ? (port === 443 ? secure : site).port : trap.port,
  );
  const hosts: Hosts = {
    answers: {},
    asked,
    onRequest,
    authority,
    site,
    secure,
    trap,
    network,
    async [Symbol.asyncDispose]() {
      for (const listener of [site, secure, trap]) await listener[Symbol.asyncDispose]();
      authority[Symbol.dispose]();
    },
  };
  return hosts;
}
