import { ToolError } from '@touchstone-mcp/core/errors';

/**
 * Judges a path that git wrote, by its bytes. Git makes none that leads out of the work tree or into `.git`, but believes an index or a tree
 * that names one, and reads or tells what lies there. `denied` then; else the path as it is.
 */
export function proveRecordPath(path: Buffer): Buffer {
  // What git does not track, it names with a slash behind a directory.
  const parts = path.toString('latin1').replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || /^\.git$/i.test(part))) throw strayPath();
  return path;
}

/** The refusal of a repository that names what is not its own. */
export function strayPath(): ToolError {
  return new ToolError('denied', 'This repository names a path that leads out of its work tree.', {
    hint: 'Tell the user: its index or a commit was not made by git, and may be an attack.',
  });
}
