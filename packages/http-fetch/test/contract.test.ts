import { contractSuite } from '@touchstone-mcp/core/testing';
import { expect, test } from 'vitest';
import { server } from '../src/server.ts';

contractSuite(server, {
  default: {},
  api: { toolsets: ['api'], apiHosts: { 'api.example.com': ['GET', 'POST', 'DELETE'], 'status.example.com': ['GET'] } },
  reading: { toolsets: ['api'], apiHosts: { 'api.example.com': ['GET', 'HEAD'] } },
});

test('tools/list of the default configuration stays under 0.4 k tokens', async () => {
  const { default: tools } = await import('./contract/default.json', { with: { type: 'json' } });
  expect(JSON.stringify(tools).length).toBeLessThan(1_600);
});
