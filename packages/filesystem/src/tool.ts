import { toolDefiner } from '@touchstone-mcp/core';
import type { Dependencies } from './server.ts';

/** A tool of this server: its handler receives the open roots, the gate to write through, and the room that an answer has. */
export const defineTool = toolDefiner<Dependencies>();
