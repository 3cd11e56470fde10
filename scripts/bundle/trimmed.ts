import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/** A module that brings much more than servers use of it, what stands in its place in the bundle, and the one server that has it if not all do. */
interface Trimmed {
  module: RegExp;
  contents: string | ((source: string) => string);
  only?: string;
}

/** Says of every schema that making it does nothing else, so that those that nobody uses are left out. */
const pureSchemas = (source: string) => source.replace(/\b(?=(?:z|\w+Schema)\.\w+\()/g, '/* @__PURE__ */ ');

const TRIMMED: readonly Trimmed[] = [
  {
    // The SDK brings Ajv (215 kB) to check answers of clients to questions of the server. Its smaller validator does the same.
    module: /@modelcontextprotocol[\\/]server[\\/]dist[\\/]shimsNode\.mjs$/,
    contents: `
      export { default as process } from 'node:process';
      export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker';`,
  },
  {
    // A registry of every schema by its name, which no server looks into: without it half of them are not used, and making those is a
    // sixteenth of the start.
    module: /@modelcontextprotocol[\\/]server[\\/]dist[\\/]src-\w+\.mjs$/,
    contents: (source) => source.replace(/^for \(const .+\) register\(.+\);$/gm, ''),
  },
  { module: /@modelcontextprotocol[\\/]core[\\/]dist[\\/]schemas-\w+\.mjs$/, contents: pureSchemas },
  { module: /@modelcontextprotocol[\\/]core[\\/]dist[\\/]auth-[\w-]+\.mjs$/, contents: pureSchemas },
  {
    // Limits are kept in memory; the index loads the drivers of a dozen databases (186 kB, a tenth of the start).
    module: /rate-limiter-flexible[\\/]index\.js$/,
    contents: `
      exports.BurstyRateLimiter = require('./lib/BurstyRateLimiter');
      exports.RateLimiterMemory = require('./lib/RateLimiterMemory');
      exports.RateLimiterRes = require('./lib/RateLimiterRes');`,
  },
  {
    // A log is written by the process itself, never by a thread.
    module: /pino[\\/]lib[\\/]transport\.js$/,
    contents: `module.exports = () => { throw new Error('This bundle has no transports of pino: see scripts/bundle/trimmed.ts'); };`,
  },
  {
    // Nor does a thread write one.
    module: /pino[\\/]lib[\\/]tools\.js$/,
    contents: (source) => source.replace("require('worker_threads')", '{ isMainThread: true }'),
  },
  {
    // HTTP/2 is off, and Node takes 20 ms to load its own.
    only: 'http-fetch',
    module: /undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/,
    contents: `module.exports = () => { throw new Error('This bundle has no HTTP/2: see scripts/bundle/trimmed.ts'); };`,
  },
  {
    // A parser of HTTP/1 that is tried out, switched off where connections are made.
    only: 'http-fetch',
    module: /undici[\\/]lib[\\/]milo[\\/](?:no-)?simd\.js$/,
    contents: `throw new Error('This bundle has no Milo: see scripts/bundle/trimmed.ts');`,
  },
  {
    // Requests through pools, and the cache: fetch, WebSocket, mocks and the rest are half of it.
    only: 'http-fetch',
    module: /undici[\\/]index\.js$/,
    contents: `
      const dispatcher = () => {
        const Dispatcher = require('./lib/dispatcher/dispatcher');
        return Object.assign(Dispatcher.prototype, require('./lib/api')) && Dispatcher;
      };
      module.exports = {
        get Dispatcher() { return dispatcher(); },
        get Pool() { return dispatcher() && require('./lib/dispatcher/pool'); },
        get ProxyAgent() { return dispatcher() && require('./lib/dispatcher/proxy-agent'); },
        get buildConnector() { return require('./lib/core/connect'); },
        get errors() { return require('./lib/core/errors'); },
        get interceptors() { return { cache: require('./lib/interceptor/cache') }; },
        get cacheStores() { return { MemoryCacheStore: require('./lib/cache/memory-cache-store') }; },
      };`,
  },
];

/** Puts the smaller stand-ins into a server's bundle. The build fails if one of them has nothing to stand in for. */
export function trim(server: string): Plugin {
  const wanted = TRIMMED.filter(({ only }) => only === undefined || only === server);
  const missing = new Set(wanted.map(({ module }) => module));
  return {
    name: 'trim',
    setup({ onLoad, onEnd }) {
      for (const { module, contents } of wanted) {
        onLoad({ filter: module }, ({ path }) => {
          const source = readFileSync(path, 'utf8');
          const replaced = typeof contents === 'string' ? contents : contents(source);
          if (replaced !== source) missing.delete(module);
          return { contents: replaced, resolveDir: dirname(path) };
        });
      }
      // A new version may have moved or changed it: then the bundle would quietly grow again.
      onEnd((result) => {
        if (result.errors.length === 0 && missing.size > 0)
          throw new Error(`Nothing to trim in ${server} fits ${[...missing].join(', ')}: see TRIMMED in scripts/bundle/trimmed.ts`);
      });
    },
  };
}
