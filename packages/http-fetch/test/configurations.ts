import type * as z from 'zod';
import type { configSchema } from '../src/config.ts';

/** The configurations whose tools, templates and prompts are on record in `contract/`. */
export const configurations = {
  default: {},
  api: { toolsets: ['api'], apiHosts: { 'api.example.com': ['GET', 'POST', 'DELETE'], 'status.example.com': ['GET'] } },
  reading: { toolsets: ['api'], apiHosts: { 'api.example.com': ['GET', 'HEAD'] } },
} satisfies Record<string, z.input<typeof configSchema>>;
