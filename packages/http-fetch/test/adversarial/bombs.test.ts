import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Site, startSite } from '../site.ts';
import { BOMBS } from './bombs.ts';

let site: Site;
let client: TestClient;

beforeAll(async () => {
  site = await startSite();
  // Limits as they are by default, but for the time: the machine of a test may have more to do.
  client = await connect(site.server, { maxCacheBytes: 0, ignoreRobotsTxt: true, callTimeoutMs: 120_000 });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

test.each(BOMBS)('$id $why', async ({ mediaType, body }) => {
  site.replies = { '/bomb': [200, { 'content-type': mediaType }, body()], '/page': '<p>quick</p>' };
  const bomb = client.callTool('fetch', { url: 'http://site.example/bomb', max_length: 999_999 });
  const beside = await client.callTool('fetch', { url: 'http://site.example/page' });
  expect(beside.structuredContent).toMatchObject({ content: 'quick' });
  const answer = await bomb;
  expect(answer.isError ? answer.content : undefined).toBeUndefined();
});
