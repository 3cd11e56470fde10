import { tmpdir } from 'node:os';
import type * as z from 'zod';
import type { configSchema } from '../src/config.ts';

const repositories = [tmpdir()];

/** The configurations whose tools, templates and prompts are on record in `contract/`. */
export const configurations = {
  default: { repositories },
  write: { repositories, write: true },
  everything: { repositories, write: true, destructive: true, toolsets: ['history'] },
  network: { repositories, write: true, destructive: true, toolsets: ['worktree', 'remote'], allowHosts: ['example.com'] },
  several: { repositories: [...repositories, '/'] },
} satisfies Record<string, z.input<typeof configSchema>>;
