import { defineServer } from '@touchstone-mcp/core';
import { server as whole } from '../src/server.ts';
import { readMediaFile } from '../src/tools/read-media-file.ts';
import { readMultipleFiles } from '../src/tools/read-multiple-files.ts';
import { readTextFile } from '../src/tools/read-text-file.ts';

/** The server with the tools that read files. */
export const server = defineServer({ ...whole, tools: () => [readTextFile, readMultipleFiles, readMediaFile] });
