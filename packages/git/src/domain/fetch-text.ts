import { visibleName } from '@touchstone-mcp/core/visible';
import type { Fetched } from './fetch.ts';

/** What a fetch has brought, each ref one line. */
export function fetchedText({ remote, url, updates, count }: Fetched): string {
  const head = `From ${url} (${visibleName(remote)})`;
  if (count === 0) return `${head}\nNothing new`;
  const lines = updates.map(({ ref, state, old, new: now, reason }) => {
    const ids = [old, now].filter((id) => id !== undefined).map((id) => id.slice(0, 10));
    return `  ${state} ${visibleName(ref)} ${reason === undefined ? ids.join('..') : `(${reason})`}`;
  });
  return [head, ...lines, ...(count > updates.length ? [`  [${count - updates.length} more]`] : [])].join('\n');
}
