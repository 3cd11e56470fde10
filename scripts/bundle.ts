/**
 * Bundles the command of the server package in the current folder: one file that checks Node and turns on the compile cache, and the
 * rest in chunks that it loads after that. A user installs no dependencies, and a start reads a few files instead of hundreds.
 */
import { chmodSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * The SDK brings Ajv (215 kB, a twentieth of the start) to check answers of clients to questions of the server. Its smaller validator,
 * which it offers for other runtimes, does the same.
 */
const smallValidator: Plugin = {
  name: 'small-validator',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, ({ importer }) => ({ path: importer, namespace: 'shims' }));
    onLoad({ filter: /.*/, namespace: 'shims' }, ({ path }) => ({
      contents: `
        export { default as process } from 'node:process';
        export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker';`,
      resolveDir: dirname(path),
    }));
  },
};

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  // White space and syntax, not names: a stack trace in a bug report can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  chunkNames: 'chunk-[hash]',
  // Loaded only where an OpenTelemetry SDK has been registered, from beside this package: an optional peer.
  external: ['@opentelemetry/api'],
  // pino and others are CommonJS, and call require.
  banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
  plugins: [smallValidator],
  logLevel: 'warning',
});
chmodSync('dist/main.js', 0o755);
