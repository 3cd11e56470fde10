import { defineServer } from '@touchstone-mcp/core';
import { server as whole } from '../src/server.ts';
import { directoryTree } from '../src/tools/directory-tree.ts';
import { getFileInfo } from '../src/tools/get-file-info.ts';
import { listDirectoryWithSizes } from '../src/tools/list-directory-with-sizes.ts';
import { searchContent } from '../src/tools/search-content.ts';
import { searchFiles } from '../src/tools/search-files.ts';

/** The server with the tools that look at many files. */
export const server = defineServer({
  ...whole,
  tools: () => [listDirectoryWithSizes, directoryTree, searchFiles, searchContent, getFileInfo],
});
