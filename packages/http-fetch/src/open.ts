import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { type CommonConfig, ToolError } from '@touchstone-mcp/core';
import type { Config } from './config.ts';
import { parseNetwork } from './domain/address.ts';
import { type ClientSettings, openClient } from './domain/client.ts';
import { openExtractor } from './domain/extract.ts';
import { isHeader } from './domain/headers.ts';
import { normalHost, parseHost } from './domain/hosts.ts';
import { limitsFor } from './domain/limits.ts';
import { type Network, systemNetwork } from './domain/network.ts';
import { openRobots } from './domain/robots.ts';
import type { Dependencies } from './server.ts';

const HOME = '+https://github.com/touchstone-mcp/touchstone';

/**
 * Opens what the handlers need. The network is this machine's for all but tests, which call this function themselves: no setting chooses it.
 * Throws a ToolError for settings that contradict each other or cannot be read.
 */
export async function openDependencies(
  config: Config & CommonConfig,
  version: string,
  network: Network = systemNetwork,
): Promise<Dependencies & AsyncDisposable> {
  const settings = clientSettings(config, version, network);
  const client = openClient(settings);
  const robots = config.ignoreRobotsTxt ? undefined : openRobots(client, settings.userAgents.autonomous);
  const extractor = openExtractor({ deadlineMs: Math.min(10_000, Math.ceil(config.callTimeoutMs / 6)) });
  const { maxLength, maxResultChars } = config;
  return {
    client,
    extractor,
    robots,
    maxLength,
    maxResultChars,
    async [Symbol.asyncDispose]() {
      await Promise.all([client[Symbol.asyncDispose](), extractor[Symbol.asyncDispose]()]);
    },
  };
}

function clientSettings(config: Config & CommonConfig, version: string, network: Network): ClientSettings {
  const { userAgent, proxyUrl, caFile, allowPrivate, allowHosts, denyHosts, allowPorts, headers, maxCacheBytes } = config;
  if (proxyUrl !== undefined && allowHosts.length === 0) {
    throw new ToolError(
      'invalid_input',
      'With proxyUrl the proxy resolves names, and no address can be judged here: name the hosts in allowHosts.',
      {
        hint: 'A proxy that itself keeps requests out of the private network can have --allow-hosts "*".',
      },
    );
  }
  if (userAgent !== undefined && !isHeader('user-agent', userAgent))
    throw new ToolError('invalid_input', 'userAgent cannot be a header: it must be one line of Latin-1.');
  const agent = (who: string) => userAgent ?? `Touchstone/${version} (${who}; ${HOME})`;
  const networks = allowPrivate.map(parseNetwork);
  return {
    network,
    proxyUrl,
    ca: caFile === undefined ? undefined : [...getCACertificates('default'), readCa(caFile)],
    hostname: network.hostname,
    allowHosts: allowHosts.map((entry) => hostOf('allowHosts', entry)),
    denyHosts: denyHosts.map((entry) => hostOf('denyHosts', entry)),
    allowPorts,
    allowedNetworks: networks.filter((each) => each !== undefined),
    privateHosts: allowPrivate.filter((_entry, index) => networks[index] === undefined).map((entry) => hostOf('allowPrivate', entry)),
    ownPort: config.http ? config.httpPort : undefined,
    limits: limitsFor(config.callTimeoutMs, config.maxBytes),
    userAgents: { autonomous: agent('Autonomous'), userInitiated: agent('User-Specified') },
    originHeaders: new Map(Object.entries(headers).map(([place, each]) => [originOf(place), checkedHeaders(place, each)])),
    maxCacheBytes,
  };
}

/** `*` or a host: what can cover none must not stand in a list that is trusted to. */
function hostOf(setting: string, entry: string): string {
  if (entry === '*' && setting !== 'allowPrivate') return entry;
  const host = parseHost(entry);
  if (host !== undefined) return host;
  throw new ToolError('invalid_input', `${setting}: ${entry} is not a host name, such as example.com, which covers all below it, too.`);
}

function readCa(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    // Throws for what is none; TLS would only trust nobody.
    new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw new ToolError('invalid_input', `caFile: ${file} cannot be read as certificates in PEM.`, { cause });
  }
}

/** `api.example.com` -> `https://api.example.com`: a secret goes over plain http only where the operator has written so. */
function originOf(place: string): string {
  const url = URL.parse(place.includes('://') ? place : `https://${place}`);
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '')
    return `${url.protocol}//${normalHost(url.hostname)}${url.port === '' ? '' : `:${url.port}`}`;
  throw new ToolError(
    'invalid_input',
    `headers: ${place} is neither a host nor an origin, such as api.example.com or http://localhost:8080.`,
  );
}

/** In lower case, so that one of ours is replaced and never sent twice. */
function checkedHeaders(place: string, headers: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    if (!isHeader(name, value)) throw new ToolError('invalid_input', `headers: what stands under ${place}, ${name} cannot be a header.`);
  }
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
