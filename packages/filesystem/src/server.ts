import { defineServer } from '@touchstone-mcp/core';
import manifest from '../package.json' with { type: 'json' };
import { configSchema } from './config.ts';
import { openRoots, type Roots } from './domain/roots.ts';
import { tools } from './tools/index.ts';

/** What the handlers of this server receive. */
export interface Dependencies {
  roots: Roots;
  /** Characters of text that one answer may have. */
  maxResultChars: number;
}

/** The filesystem server. */
export const server = defineServer({
  name: 'filesystem',
  title: 'Filesystem',
  version: manifest.version,
  envPrefix: 'TOUCHSTONE_FILESYSTEM',
  instructions:
    'Reads files and lists directories inside the allowed directories, and nowhere else. Call list_allowed_directories first if no path is known. ' +
    'Paths may be absolute, or relative to the first allowed directory. Long answers are cut at a whole line and say how to go on.',
  configSchema,
  tools: () => tools,
  async open({ directories, maxResultChars }, log): Promise<Dependencies & AsyncDisposable> {
    const roots = await openRoots(directories);
    if (process.platform === 'linux' && roots.strategy === 'checked') {
      log.warn(
        '/proc is not usable here, so paths are checked instead of held: a race remains for whoever can write inside the directories.',
      );
    }
    return { roots, maxResultChars, [Symbol.asyncDispose]: () => roots[Symbol.asyncDispose]() };
  },
});
