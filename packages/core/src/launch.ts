// As a whole: an older Node has no such named exports, and would fail before it could say so.
import module from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { AnyServer } from './define.ts';

/** The oldest Node that is supported. */
const MINIMUM = [22, 19] as const;

/**
 * Starts a command: says so in one sentence on a Node that is too old, and compiles the rest from Node's cache. Imports nothing else,
 * so that both come before the bulk is loaded.
 */
export async function launch(load: () => Promise<{ main: (server: AnyServer) => Promise<void>; server: AnyServer }>): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
    process.stderr.write(
      `This server needs Node ${MINIMUM.join('.')} or later, and this is ${process.version}: install it from https://nodejs.org\n`,
    );
    process.exitCode = 1;
    return;
  }
  const cache = cacheDirectory();
  if (cache !== undefined) module.enableCompileCache(cache);
  const { main, server } = await load();
  const running = main(server);
  // A process that is killed never writes it, and most clients kill.
  module.flushCompileCache();
  // V8 would let its nursery grow to 3 x 16 MB and keep it: many large answers in a row cost 80 MB more, and are no faster for it. Loading
  // is: a tenth of the start.
  setFlagsFromString('--semi-space-growth-factor=1');
  await running;
}

/** What is in it runs as this user. Node would take the common temporary directory, where somebody else may have been first. */
function cacheDirectory(): string | undefined {
  const { NODE_COMPILE_CACHE, XDG_CACHE_HOME, HOME, USERPROFILE } = process.env;
  if (NODE_COMPILE_CACHE) return NODE_COMPILE_CACHE;
  const home = HOME || USERPROFILE;
  const caches = XDG_CACHE_HOME || (home && path.join(home, '.cache'));
  return caches && path.isAbsolute(caches) ? path.join(caches, 'touchstone') : undefined;
}
