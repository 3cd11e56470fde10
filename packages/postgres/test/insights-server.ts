import { defineServer } from '@touchstone-mcp/core';
import { server as whole } from '../src/server.ts';
import { checkHealth } from '../src/tools/check-health.ts';
import { explainQuery } from '../src/tools/explain-query.ts';
import { suggestIndexes } from '../src/tools/suggest-indexes.ts';
import { topQueries } from '../src/tools/top-queries.ts';

/** The server with the tools that look into plans, load and health. */
export const server = defineServer({ ...whole, tools: () => [explainQuery, topQueries, checkHealth, suggestIndexes] });
