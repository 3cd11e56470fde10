import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { server } from '../../src/server.ts';
import { layOut, SECRET } from './containment.ts';
import { cursors, PAGED, uriRows } from './forged.ts';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let root: string;
let client: TestClient;

beforeAll(async () => {
  temporary = await temporaryDirectory();
  ({ root } = layOut(temporary.path));
  client = await connect(server, { directories: [root] }, 'modern', { over: 'stdio' });
});

afterAll(async () => {
  expect(JSON.stringify(client.log)).not.toContain(SECRET);
  await client[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

const filled = (text: string) => text.replaceAll('{root}', root).replaceAll('{base}', temporary.path);
const codeOf = (error: unknown) => (error as { code?: number }).code;

describe('URIs', () => {
  test.each(uriRows)('%s %s: %s', async (_id, uri) => {
    const answer = await client.readResource(filled(uri)).catch((error: Error) => error);
    expect(answer).toBeInstanceOf(Error);
    // Refused by the server, in words: it has neither crashed nor let the call hang.
    expect(codeOf(answer)).toEqual(expect.any(Number));
    expect(codeOf(answer)).not.toBe(-32603);
    expect(String(answer)).not.toMatch(/the-secret-outside|root:x:0|\/proc\/self\/fd\/\d+\//);
  });

  test.each(uriRows)('%s nothing is heard of %s', async (_id, uri) => {
    const heard: string[] = [];
    const end = await client.subscribe(filled(uri), (changed) => heard.push(changed)).catch(() => undefined);
    await end?.();
    expect(heard).toEqual([]);
  });

  test.each([
    ['FS-007', '{base}/out/'],
    ['FS-007', '{root}/../out/'],
    ['FS-002', '{root}/dir-link/'],
    ['FS-011', '{root}/\u0000'],
    ['FS-012', `{root}/${'a/'.repeat(5_000)}`],
    ['FS-012', ''],
    ['FS-007', '../../etc/'],
  ])('%s what is typed as %j is completed by nothing from outside', async (_id, typed) => {
    const names = await client.complete('file:///{+path}', 'path', filled(typed).replace(/^\//, '')).catch(() => []);
    expect(names.filter((name) => !`${name}/`.startsWith(`${root.slice(1)}/`))).toEqual([]);
    expect(JSON.stringify(names)).not.toContain('secret');
  });
});

describe.each(Object.entries(PAGED))('%s', (tool, args) => {
  test.each(cursors.map((row) => [row[0], row[2], row[1]] as const))('%s a cursor of %s', async (_id, _why, cursor) => {
    const answer = await client.callTool(tool, { ...args, cursor });
    expect([undefined, 'invalid_input', 'too_large']).toContain(answer._meta?.code);
    expect(JSON.stringify(answer)).not.toMatch(/the-secret-outside|"secret.txt"|root:x:0|root-evil/);
  });

  test.each(Object.keys(PAGED))('FS-012 a cursor of %s is one of this tool or of none', async (other) => {
    const page = await client.callTool(other, { ...PAGED[other], limit: 1 });
    const cursor = page.structuredContent?.['nextCursor'];
    expect(cursor).toBeDefined();
    const answer = await client.callTool(tool, { ...args, cursor });
    expect([undefined, 'invalid_input']).toContain(answer._meta?.code);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });

  test('FS-012 a cursor of one directory in another shows what is there', async () => {
    const page = await client.callTool(tool, { ...args, limit: 1 });
    const cursor = page.structuredContent?.['nextCursor'];
    expect(cursor).toBeDefined();
    const answer = await client.callTool(tool, { ...args, path: 'docs', cursor });
    expect([undefined, 'invalid_input']).toContain(answer._meta?.code);
  });
});

test('the server is as well as before', async () => {
  expect((await client.callTool('read_text_file', { path: 'ok.txt' })).structuredContent).toMatchObject({ content: 'fine' });
});
