import { tmpdir } from 'node:os';
import { contractSuite } from '@touchstone-mcp/core/testing';
import { server } from '../src/server.ts';

const directories = [tmpdir()];

contractSuite(server, { default: { directories }, write: { directories, write: true, destructive: true } });
