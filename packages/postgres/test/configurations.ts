import type * as z from 'zod';
import type { configSchema } from '../src/config.ts';

// Nothing is asked of a database: none is there.
const url = 'postgres://reader@127.0.0.1:1/shop';

/** The configurations whose tools, templates and prompts are on record in `contract/`. */
export const configurations = {
  default: { url },
  write: { url, write: true },
  insights: { url, toolsets: ['insights'] },
  several: { url, databases: { archive: url } },
} satisfies Record<string, z.input<typeof configSchema>>;
