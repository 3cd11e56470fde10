import { type ErrorCode, ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';

type Meaning = readonly [code: ErrorCode, sentence: string, hint?: string];

const LATER = 'Tell the user; the same call may work later.';

/** What each errno means to the caller. The sentence is followed by the requested path and by nothing else. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: ['not_found', 'No such file or directory', 'List the parent directory to see what is there.'],
  ENOTDIR: ['invalid_input', 'A part of the path is not a directory', 'List the parent directory to see what is there.'],
  EISDIR: ['invalid_input', 'Is a directory, not a file', 'List it instead.'],
  ENAMETOOLONG: ['invalid_input', 'The path is too long'],
  EINVAL: ['invalid_input', 'The operating system does not accept'],
  EACCES: ['denied', 'The operating system does not permit access to'],
  EPERM: ['denied', 'The operating system does not permit access to'],
  ELOOP: ['denied', 'Too many symbolic links in'],
  EMFILE: ['unavailable', 'Too many files are open to open', LATER],
  ENFILE: ['unavailable', 'Too many files are open to open', LATER],
  ENOMEM: ['unavailable', 'Not enough memory to open', LATER],
  EEXIST: ['conflict', 'Already exists', 'Nothing was changed. Choose another name.'],
  ENOTEMPTY: ['conflict', 'The directory is not empty'],
  EROFS: ['denied', 'The file system is read-only'],
  ENOSPC: ['unavailable', 'The disk is full; nothing was changed', 'Tell the user: room must be made first.'],
  EDQUOT: ['unavailable', 'The disk quota is used up; nothing was changed', 'Tell the user: room must be made first.'],
  EFBIG: ['too_large', 'The file would be larger than the file system allows'],
  EMLINK: ['unavailable', 'The file system takes no more names there'],
  ENOTSUP: ['unavailable', 'The file system cannot do this'],
  EOPNOTSUPP: ['unavailable', 'The file system cannot do this'],
  ENOSYS: ['unavailable', 'The file system cannot do this'],
  ETXTBSY: ['unavailable', 'The file is running as a program', LATER],
  EXDEV: ['invalid_input', 'Source and destination are on different file systems', 'Copy it there, then delete the source.'],
  EAGAIN: ['unavailable', 'The file is locked', LATER],
  EBUSY: ['unavailable', 'The file is in use', LATER],
  EIO: ['unavailable', 'The disk or network failed at', LATER],
  ESTALE: ['unavailable', 'The disk or network failed at', LATER],
  ENXIO: ['unavailable', 'The disk or network failed at', LATER],
  ENODEV: ['unavailable', 'The disk or network failed at', LATER],
  ENOTCONN: ['unavailable', 'The disk or network failed at', LATER],
  EHOSTDOWN: ['unavailable', 'The disk or network failed at', LATER],
  ETIMEDOUT: ['unavailable', 'The disk or network failed at', LATER],
  // The last ones are our own: no system call tells them.
  EFTYPE: ['denied', 'Not a regular file', 'Pipes, sockets and devices are never opened.'],
  ECHANGED: ['conflict', 'The path changed while it was in use', 'Try again.'],
  EKERNEL: ['denied', 'Belongs to the operating system, though it is below an allowed directory', 'Work on other directories.'],
  EMOUNT: ['denied', 'On another file system than the allowed directory', 'The user decides this with the setting oneFilesystem.'],
  EHARDLINK: [
    'denied',
    'The file has other names (hard links), which may be outside',
    'The user decides this with the setting denyHardlinks.',
  ],
};

/** Something found wrong without a system call, in the words of one: `EISDIR`, `EFTYPE` (not a regular file), `ECHANGED` and the like. */
export function fault(
  code: 'EACCES' | 'ECHANGED' | 'EEXIST' | 'EFTYPE' | 'EHARDLINK' | 'EISDIR' | 'EKERNEL' | 'ELOOP' | 'EMOUNT' | 'ENOENT' | 'ENOTDIR',
): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** The errno of whatever was thrown, if it has one. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** The public error for a failed system call, naming only the path that was requested; whatever it does not know comes back as it is. */
export function fileError(thrown: unknown, requested: string): unknown {
  const meaning = MEANINGS[errnoOf(thrown) ?? ''];
  if (meaning === undefined || thrown instanceof ToolError) return thrown;
  const [code, sentence, hint] = meaning;
  return new ToolError(code, `${sentence}: ${visibleName(requested)}`, hint === undefined ? { cause: thrown } : { hint, cause: thrown });
}
