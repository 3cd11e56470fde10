import { contractSuite } from '@touchstone-mcp/core/testing';
import { server } from '../src/server.ts';
import { configurations } from './configurations.ts';

// 0.3k tokens (o200k).
const budgets = { default: 1_150 };

contractSuite(server, configurations, budgets);
