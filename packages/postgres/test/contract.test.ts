import { contractSuite } from '@touchstone-mcp/core/testing';
import { server } from '../src/server.ts';
import { configurations } from './configurations.ts';

// 0.6k tokens (o200k).
const budgets = { default: 2_650 };

contractSuite(server, configurations, budgets);
