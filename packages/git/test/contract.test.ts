import { tmpdir } from 'node:os';
import { contractSuite } from '@touchstone-mcp/core/testing';
import { server } from '../src/server.ts';

const repositories = [tmpdir()];

contractSuite(server, {
  default: { repositories },
  write: { repositories, write: true },
  everything: { repositories, write: true, destructive: true, toolsets: ['history'] },
  network: { repositories, write: true, destructive: true, toolsets: ['worktree', 'remote'], allowHosts: ['example.com'] },
  several: { repositories: [...repositories, '/'] },
});
