import { connect } from '@touchstone-mcp/core/testing';
import { describe, expect, test } from 'vitest';
import { listenTcp } from '../listeners.ts';
import { testNetwork } from '../network.ts';
import { rawServerOn } from '../raw-server.ts';
import { type BodyRow, bodyRows, bombRows } from './bodies.ts';

/** Answers the first request of each connection, and fetches it. */
async function fetchRow([, , answer]: BodyRow, settings: object) {
  await using host = await listenTcp((socket) => {
    socket.once('data', () => (typeof answer === 'function' ? answer(socket) : socket.write(answer)));
  });
  const network = testNetwork({ 'site.example': ['93.184.216.34'] }, () => host.port);
  await using client = await connect(rawServerOn(network), { ignoreRobotsTxt: true, maxBytes: 1_000_000, ...settings });
  return await client.callTool('raw_fetch', { url: 'http://site.example/' });
}

function expectOutcome({ isError, _meta, structuredContent, content }: Awaited<ReturnType<typeof fetchRow>>, [, , , outcome]: BodyRow) {
  if (typeof outcome === 'string') {
    expect(isError ? _meta?.code : structuredContent).toBe(outcome);
    // What the host has sent is not quoted.
    expect(JSON.stringify(content)).not.toMatch(/done|Hello|SSH|started|127\.0\.0\.1/);
  } else {
    expect(isError ? content : structuredContent).toMatchObject(outcome);
  }
}

describe('bombs', () => {
  test.each(bombRows.map((row) => [`${row[0]} ${row[1]}`, row] as const))('%s', async (_title, row) => {
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 5);
    const answer = await fetchRow(row, {});
    clearInterval(watch);
    expectOutcome(answer, row);
    expect(peak - before).toBeLessThan(64 * 1024 ** 2);
    expect(Number(answer.structuredContent?.['size'] ?? 0)).toBeLessThanOrEqual(1_000_000);
  });
});

describe('bodies and protocol', () => {
  test.concurrent.each(bodyRows.map((row) => [`${row[0]} ${row[1]}`, row] as const))('%s', async (_title, row) => {
    expectOutcome(await fetchRow(row, { callTimeoutMs: 2_000 }), row);
  });
});
