import type * as z from 'zod';
import type { configSchema } from '../src/config.ts';

/** The configurations whose tools, templates and prompts are on record in `contract/`. */
export const configurations = { default: {} } satisfies Record<string, z.input<typeof configSchema>>;
