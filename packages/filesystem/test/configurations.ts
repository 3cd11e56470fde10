import { tmpdir } from 'node:os';
import type * as z from 'zod';
import type { configSchema } from '../src/config.ts';

const directories = [tmpdir()];

/** The configurations whose tools, templates and prompts are on record in `contract/`. */
export const configurations = {
  default: { directories },
  write: { directories, write: true, destructive: true },
} satisfies Record<string, z.input<typeof configSchema>>;
