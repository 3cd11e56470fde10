import { toolDefiner } from '@touchstone-mcp/core';
import type { Dependencies } from './server.ts';

/** A tool of this server: its handler receives the guarded client and the limits of an answer. */
export const defineTool = toolDefiner<Dependencies>();
