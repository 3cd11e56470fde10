import type { BodyFacts } from './page.ts';

/** How many bytes of a text are read. What follows would not fit into memory as a tree, nor into any answer. */
export const MAX_TEXT_BYTES = 6 * 1024 * 1024;

/** What is done with a body: `plain` where an attempt to make a document of it has failed. */
export interface ReadJob extends BodyFacts {
  readonly plain: boolean;
  /** The bytes of the whole body, of which `body` may be the start. */
  readonly totalBytes: number;
}
