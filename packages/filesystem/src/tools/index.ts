import { copyPath } from './copy-path.ts';
import { createDirectory } from './create-directory.ts';
import { deletePath } from './delete-path.ts';
import { directoryTree } from './directory-tree.ts';
import { editFile } from './edit-file.ts';
import { getFileInfo } from './get-file-info.ts';
import { listAllowedDirectories } from './list-allowed-directories.ts';
import { listDirectory } from './list-directory.ts';
import { listDirectoryWithSizes } from './list-directory-with-sizes.ts';
import { moveFile } from './move-file.ts';
import { readMediaFile } from './read-media-file.ts';
import { readMultipleFiles } from './read-multiple-files.ts';
import { readTextFile } from './read-text-file.ts';
import { searchContent } from './search-content.ts';
import { searchFiles } from './search-files.ts';
import { writeFile } from './write-file.ts';

/** The tools of this server, in the order in which tools/list names them. */
export const readTools = [
  listAllowedDirectories,
  listDirectory,
  listDirectoryWithSizes,
  directoryTree,
  searchFiles,
  searchContent,
  getFileInfo,
  readTextFile,
  readMultipleFiles,
  readMediaFile,
];

/** With `write`. */
export const writeTools = [writeFile, editFile, createDirectory, moveFile, copyPath];

/** With `destructive`, too. */
export const destructiveTools = [deletePath];
