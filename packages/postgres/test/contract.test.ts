import { contractSuite } from '@touchstone-mcp/core/testing';
import { expect, test } from 'vitest';
import { server } from '../src/server.ts';

// Nothing is asked of a database: none is there.
const url = 'postgres://reader@127.0.0.1:1/shop';

contractSuite(server, {
  default: { url },
  write: { url, write: true },
  insights: { url, toolsets: ['insights'] },
  several: { url, databases: { archive: url } },
});

test('tools/list of the default configuration stays under 0.8 k tokens', async () => {
  const { default: tools } = await import('./contract/default.json', { with: { type: 'json' } });
  expect(JSON.stringify(tools).length).toBeLessThan(3_200);
});
