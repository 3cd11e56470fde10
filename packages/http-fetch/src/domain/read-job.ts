import type { BodyFacts } from './page.ts';

/** What is done with a body: `plain` where an attempt to make a document of it has failed. */
export interface ReadJob extends BodyFacts {
  readonly plain: boolean;
  /** The bytes of the whole body, of which `body` may be the start. */
  readonly totalBytes: number;
}
