import { resourceDefiner } from '@touchstone-mcp/core';
import type { Dependencies } from './server.ts';

/** A resource of this server. */
export const defineResource = resourceDefiner<Dependencies>();
