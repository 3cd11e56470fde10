import { contractSuite } from '@touchstone-mcp/core/testing';
import { server } from '../src/server.ts';
import { configurations } from './configurations.ts';

const budgets = { default: 600 };

contractSuite(server, configurations, budgets);
