import { contractSuite } from '@touchstone-mcp/core/testing';
import { server } from '../src/server.ts';
import { configurations } from './configurations.ts';

// 1.5k and 2.5k tokens (o200k).
contractSuite(server, configurations, { default: 6_700, write: 11_200 });
