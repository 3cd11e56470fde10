import type { IncomingMessage } from 'node:http';
import { defineServer } from '@touchstone-mcp/core';
import type { Network } from '../src/domain/network.ts';
import { openDependencies } from '../src/open.ts';
import { server } from '../src/server.ts';
import { type Listener, listenHttp } from './listeners.ts';
import { testNetwork } from './network.ts';

/** The server on a network of a test, which no setting could choose. */
export function serverOn(network: Network) {
  return defineServer({ ...server, open: (config) => openDependencies(config, server.version, network) });
}

/** What a site answers: status, headers and body; or a body alone, which is HTML. */
export type Reply = string | readonly [status: number, headers: Readonly<Record<string, string>>, body?: string | Buffer];

/** What a site was asked. */
export interface Asked extends Pick<IncomingMessage, 'method' | 'url' | 'headers'> {
  readonly body: string;
}

/** A site in a network of its own, at site.example, api.example and other.example. */
export interface Site extends AsyncDisposable {
  /** By path, or by host and path. What is not here is 404. */
  replies: Readonly<Record<string, Reply>>;
  /** Requests so far, robots.txt left out. */
  readonly asked: Asked[];
  readonly server: ReturnType<typeof serverOn>;
}

/** Starts a site that answers nothing but 404. */
export async function startSite(): Promise<Site> {
  const asked: Asked[] = [];
  const listener: Listener = await listenHttp(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url = '', headers } = request;
    if (url !== '/robots.txt') asked.push({ method, url, headers, body });
    const reply = site.replies[`${headers.host}${url}`] ?? site.replies[url] ?? [404, {}];
    if (typeof reply === 'string') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(reply);
    else response.writeHead(reply[0], reply[1]).end(reply[2]);
  });
  const names = { 'site.example': ['93.184.216.34'], 'other.example': ['93.184.216.35'], 'api.example': ['93.184.216.36'] };
  const site: Site = {
    replies: {},
    asked,
    server: serverOn(testNetwork(names, () => listener.port)),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
  return site;
}
