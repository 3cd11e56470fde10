import { promptDefiner } from '@touchstone-mcp/core';
import type { Dependencies } from './server.ts';

/** A prompt of this server. */
export const definePrompt = promptDefiner<Dependencies>();
