import { checkHealth } from './check-health.ts';
import { describeTable } from './describe-table.ts';
import { execute } from './execute.ts';
import { explainQuery } from './explain-query.ts';
import { listObjects } from './list-objects.ts';
import { query } from './query.ts';
import { suggestIndexes } from './suggest-indexes.ts';
import { topQueries } from './top-queries.ts';

/** The tools of this server, in the order in which tools/list names them. */
export const readTools = [query, listObjects, describeTable, explainQuery];

/** With `write`. */
export const writeTools = [execute];

/** With the toolset `insights`. */
export const insightTools = [topQueries, checkHealth, suggestIndexes];
