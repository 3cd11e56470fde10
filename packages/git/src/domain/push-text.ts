import type { Pushed } from './push.ts';

/** What became of a ref, in two lines, and what the remote said. */
export function pushedText({ url, ref, state, old, new: now, messages = [] }: Pushed): string {
  const ids = [old, now].filter((id) => id !== undefined).map((id) => id.slice(0, 10));
  return [`To ${url}`, `  ${state} ${ref} ${ids.join('..')}`, ...messages.map((line) => `  [remote] ${line}`)].join('\n');
}
