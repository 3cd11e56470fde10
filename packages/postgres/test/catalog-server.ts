import { defineServer } from '@touchstone-mcp/core';
import { server as whole } from '../src/server.ts';
import { describeTable } from '../src/tools/describe-table.ts';
import { listObjects } from '../src/tools/list-objects.ts';

/** The server with the tools that tell of a database's catalog. */
export const server = defineServer({ ...whole, tools: () => [listObjects, describeTable] });
