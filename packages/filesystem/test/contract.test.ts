import { tmpdir } from 'node:os';
import { contractSuite } from '@touchstone-mcp/core/testing';
import { server } from '../src/server.ts';

contractSuite(server, { default: { directories: [tmpdir()] } });
