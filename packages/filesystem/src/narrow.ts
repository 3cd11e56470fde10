import type { Narrow } from '@touchstone-mcp/core';
import { narrowRoots, nothingLeft } from './domain/client-roots.ts';
import type { Dependencies } from './server.ts';

/** Dropped roots that one line of the log names. */
const MAX_LOGGED = 10;

/**
 * What a connection may use whose client has named its roots. The operator's directories are the most that it can be, and what it is where the
 * client has none: tools and editors without a folder declare roots and list nothing, and that draws no border.
 */
export const narrowToClient: Narrow<Dependencies> = async (dependencies, uris, log) => {
  if (uris.length === 0) return { ...dependencies, [Symbol.asyncDispose]: async () => {} };
  const { roots, dropped } = await narrowRoots(dependencies.roots, uris);
  if (dropped.length > 0) {
    const first = dropped.slice(0, MAX_LOGGED).map(({ uri, reason }) => ({ uri: uri.slice(0, 500), reason: reason.slice(0, 500) }));
    log.warn({ dropped: first, count: dropped.length }, 'roots of the client that count for nothing');
  }
  if (roots === undefined) throw nothingLeft(dependencies.roots);
  log.info({ directories: roots.list.map(({ path }) => path) }, 'narrowed to the roots of the client');
  const { writable } = dependencies;
  return { ...dependencies, roots, writable: writable.within(roots), [Symbol.asyncDispose]: () => roots[Symbol.asyncDispose]() };
};
