import { afterAll, beforeAll, expect, test } from 'vitest';
import { callMessage, endHttp, exchange, type HttpServer, MODERN_HEADERS, messagesOf, modernCall, rawRequest, startHttp } from '../wire.ts';
import { type HttpRow, http } from './http.ts';

const ALLOWED = 'http://localhost';
let server: HttpServer;

beforeAll(async () => {
  server = await startHttp();
});

afterAll(() => endHttp(server));

test.each(http.map((row) => [`${row.id} ${row.why}`, row] as const))('%s', async (_name, row) => {
  const answer = await exchange(server.port, bytesOf(row));
  expect(answer?.status ?? 'closed').toBe(row.status);
  if (answer === undefined) return;
  if (row.error !== undefined) expect(messagesOf(answer)[0]?.error?.code).toBe(row.error);
  if (answer.status === 200) expect(messagesOf(answer)[0]?.result).toBeDefined();
  // No page but one of its own ever learns anything, and none with cookies.
  const allowed = answer.headers['access-control-allow-origin'];
  if (allowed !== undefined) expect(allowed).toBe(`${ALLOWED}:${server.port}`);
  expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  expect(answer.headers['mcp-session-id']).toBeUndefined();
  // No stack, no path, no page in HTML.
  expect(answer.body).not.toMatch(/node:|\.ts:|\/work\/|<html/i);
});

function bytesOf({ usual = 'legacy', raw, method, target, headers = {}, lines = [], version, body }: HttpRow): Buffer {
  const here = (text: string) => text.replaceAll('{port}', String(server.port));
  if (raw !== undefined) return Buffer.from(here(raw), 'latin1');
  const filled = Object.entries(headers).map(([name, value]) => [name, value === null ? null : here(value)] as const);
  const message = usual === 'modern' ? modernCall('echo_text', { text: 'hello' }, 1, version) : callMessage('echo_text', { text: 'hello' });
  return rawRequest(server.port, {
    ...(method === undefined ? {} : { method }),
    ...(target === undefined ? {} : { target: here(target) }),
    headers: { ...(usual === 'modern' ? MODERN_HEADERS : {}), ...Object.fromEntries(filled) },
    lines: lines.map(here),
    body: typeof body === 'function' ? body() : (body ?? JSON.stringify(message)),
  });
}
