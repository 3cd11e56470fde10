import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';

/** An empty directory on a real disk, for tests only, removed with everything in it when disposed of. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'touchstone-')));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Makes files with their contents, and the directories above them. A name that ends in a slash is an empty directory, and an array is a
 * link with its text.
 */
export async function layFiles(directory: string, files: Readonly<Record<string, string | Uint8Array | readonly [link: string]>>) {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (name.endsWith('/')) continue;
    if (Array.isArray(content)) await symlink(content[0], path);
    else await writeFile(path, content as string | Uint8Array);
  }
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
