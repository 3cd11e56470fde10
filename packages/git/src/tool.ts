import { type Tool, toolDefiner } from '@touchstone-mcp/core';
import * as z from 'zod';
import type { Dependencies } from './server.ts';

/** A tool of this server: its handler receives the repositories and the room that an answer has. */
export const defineTool = toolDefiner<Dependencies>();

/** Any tool of this server. */
export type GitTool = Tool<Dependencies>;

/** Arguments that several tools share, in the same few words: a model reads all of them before its first call. */
export const fields = {
  repo_path: z.string().optional().describe('Repository'),
  context_lines: z.int().min(0).max(1_000).default(3).describe('Around changes'),
  paths: z.array(z.string()).optional().describe('Only these'),
  output: z.enum(['patch', 'stat', 'names']).optional().describe('Else what fits'),
  cursor: z.string().optional().describe('nextCursor'),
};

/** Arguments of tools that make commits anew, one by one. */
export const replayFields = {
  action: z.enum(['start', 'continue', 'skip', 'abort']).default('start').describe('What to do'),
  revisions: z.array(z.string()).min(1).max(100).optional().describe('Commits, in this order'),
  mainline: z.int().min(1).max(100).optional().describe('Of a merge: the parent that counts as before'),
};

/** What a handler returns, whole. Its form is that of the domain's type: spelled out in nine schemas, it would cost more than the tools. */
export const anyOutput = z.looseObject({});
