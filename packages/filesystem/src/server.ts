import { defineServer } from '@touchstone-mcp/core';
import manifest from '../package.json' with { type: 'json' };
import { configSchema } from './config.ts';
import type { Roots } from './domain/roots.ts';
import { openWritableRoots, type WritableRoots } from './domain/writable.ts';
import { narrowToClient } from './narrow.ts';
import { file } from './resources/file.ts';
import { destructiveTools, readTools, writeTools } from './tools/index.ts';

/** What the handlers of this server receive. */
export interface Dependencies {
  roots: Roots;
  /** The gate that every write goes through. */
  writable: WritableRoots;
  /** Characters of text that one answer may have. */
  maxResultChars: number;
  /** Bytes that a media file may have. */
  maxMediaBytes: number;
}

/** The filesystem server. */
export const server = defineServer({
  name: 'filesystem',
  title: 'Filesystem',
  version: manifest.version,
  envPrefix: 'TOUCHSTONE_FILESYSTEM',
  instructions:
    'Works on files inside the allowed directories, and nowhere else. Read-only unless writing tools are listed. Call list_allowed_directories first if no path is known. ' +
    'Paths may be absolute, or relative to the first allowed directory. search_files finds names, search_content finds text. Long answers are cut at a whole line and say how to go on.',
  configSchema,
  tools: ({ write, destructive }) => [...readTools, ...(write ? writeTools : []), ...(write && destructive ? destructiveTools : [])],
  resources: () => [file],
  async open(
    { directories, readOnlyDir, denyWrite, oneFilesystem, denyHardlinks, maxResultChars, maxMediaBytes },
    log,
  ): Promise<Dependencies & AsyncDisposable> {
    const { roots, writable } = await openWritableRoots({ directories, readOnlyDir, denyWrite }, { oneFilesystem, denyHardlinks });
    if (process.platform === 'linux' && roots.strategy === 'checked') {
      log.warn(
        '/proc is not usable here, so paths are checked instead of held: a race remains for whoever can write inside the directories.',
      );
    }
    return { roots, writable, maxResultChars, maxMediaBytes, [Symbol.asyncDispose]: () => roots[Symbol.asyncDispose]() };
  },
  narrow: ({ clientRoots }) => (clientRoots === 'narrow' ? narrowToClient : undefined),
});
