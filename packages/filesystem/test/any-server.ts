import { defineServer } from '@touchstone-mcp/core';
import * as z from 'zod';
import { openWritableRoots } from '../src/domain/writable.ts';
import { server } from '../src/server.ts';

/** How paths can be proven on this system. */
export const strategies = process.platform === 'linux' ? (['descriptor', 'checked'] as const) : (['checked'] as const);

/** The whole server with everything allowed, by the strategy that a test chooses. */
export const anyServer = defineServer({
  ...server,
  configSchema: server.configSchema.extend({
    write: z.boolean().default(true),
    destructive: z.boolean().default(true),
    strategy: z.enum(['descriptor', 'checked']).optional(),
  }),
  async open({ strategy, ...config }, log) {
    const opened = await server.open(config, log);
    if (strategy === undefined) return opened;
    await opened[Symbol.asyncDispose]();
    const { roots, writable } = await openWritableRoots(config, { ...config, strategy });
    return { ...opened, roots, writable, [Symbol.asyncDispose]: () => roots[Symbol.asyncDispose]() };
  },
});
