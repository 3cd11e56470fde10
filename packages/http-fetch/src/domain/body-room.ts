import { abortable } from '@touchstone-mcp/core/abortable';
import pLimit from 'p-limit';

/** What a body may have without asking for room. */
export const SMALL_BYTES = 256 * 1024;

/** Larger bodies that are in memory at the same time, until they have been read as pages. */
const LARGE_AT_ONCE = 2;

/** A call's claim on memory for large bodies: one at a time, until it is disposed of. */
export interface RoomClaim extends Disposable {
  /** Waits until the call may have a large body; at once if it may already. */
  enter(signal: AbortSignal): Promise<void>;
}

/** Keeps the memory of bodies bounded whatever calls come together: each has a small one, and few a large one. */
export function createBodyRoom(): { claim(): RoomClaim } {
  const limit = pLimit(LARGE_AT_ONCE);
  return {
    claim() {
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      let entered: Promise<void> | undefined;
      const enter = () =>
        new Promise<void>((admit) => {
          void limit(() => {
            admit();
            return released;
          });
        });
      return {
        enter(signal) {
          entered ??= enter();
          return abortable(entered, signal);
        },
        [Symbol.dispose]: release,
      };
    },
  };
}
