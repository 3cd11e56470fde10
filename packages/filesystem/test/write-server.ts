import { defineServer } from '@touchstone-mcp/core';
import * as z from 'zod';
import { PROTECTED_NAMES } from '../src/domain/policy.ts';
import { openWritableRoots } from '../src/domain/writable.ts';
import { copyPath } from '../src/tools/copy-path.ts';
import { createDirectory } from '../src/tools/create-directory.ts';
import { deletePath } from '../src/tools/delete-path.ts';
import { editFile } from '../src/tools/edit-file.ts';
import { moveFile } from '../src/tools/move-file.ts';
import { writeFile } from '../src/tools/write-file.ts';

const tools = [writeFile, editFile, createDirectory, moveFile, copyPath, deletePath];

/** The writing tools alone, with either strategy. */
export const writeServer = defineServer({
  name: 'filesystem',
  title: 'Filesystem',
  version: '0.0.0',
  envPrefix: 'TOUCHSTONE_FILESYSTEM',
  instructions: 'Writes.',
  configSchema: z.strictObject({
    directories: z.array(z.string()),
    readOnlyDir: z.array(z.string()).default([]),
    denyWrite: z.array(z.string()).default([...PROTECTED_NAMES]),
    strategy: z.enum(['descriptor', 'checked']).optional(),
  }),
  tools: () => tools,
  async open({ directories, readOnlyDir, denyWrite, strategy, maxResultChars }) {
    const options = strategy === undefined ? {} : { strategy };
    const { roots, writable } = await openWritableRoots({ directories, readOnlyDir, denyWrite }, options);
    return { roots, maxResultChars, writable, [Symbol.asyncDispose]: () => roots[Symbol.asyncDispose]() };
  },
});
