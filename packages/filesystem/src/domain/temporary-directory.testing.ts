import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';

/** An empty directory on a real disk, for tests only, removed with everything in it when disposed of. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'touchstone-')));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The ToolError that a call ends with. Fails if it does not. */
export async function refusalOf(call: () => Promise<unknown> | unknown): Promise<ToolError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('expected a ToolError');
}
