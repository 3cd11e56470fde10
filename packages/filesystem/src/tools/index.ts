import { listAllowedDirectories } from './list-allowed-directories.ts';
import { listDirectory } from './list-directory.ts';
import { readTextFile } from './read-text-file.ts';

/** The tools of this server, in the order in which tools/list names them. */
export const tools = [listAllowedDirectories, listDirectory, readTextFile];
