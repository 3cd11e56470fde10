/**
 * Bundles the command of the server package in the current folder: one file that checks Node and turns on the compile cache, and the
 * rest in chunks that it loads after that. A user installs no dependencies, and a start reads a few files instead of hundreds.
 */
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  // Whitespace and syntax only: names stay, so that a stack trace in a bug report can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: false,
  legalComments: 'none',
  chunkNames: 'chunk-[hash]',
  // Loaded only where an OpenTelemetry SDK has been registered, from beside this package: an optional peer.
  external: ['@opentelemetry/api'],
  // pino and its friends are CommonJS and call require.
  banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
});
chmodSync('dist/main.js', 0o755);
