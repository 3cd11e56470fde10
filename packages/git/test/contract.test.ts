import { contractSuite } from '@touchstone-mcp/core/testing';
import { server } from '../src/server.ts';
import { configurations } from './configurations.ts';

// 1.4k and 2.3k tokens (o200k).
const budgets = { default: 6_150, write: 10_000 };

contractSuite(server, configurations, budgets);
