import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../src/domain/temporary-directory.testing.ts';
import { server } from '../src/server.ts';
import { FILES, rows } from './drop-in.ts';

const temporary = await temporaryDirectory();
let client: TestClient;

beforeAll(async () => {
  await layFiles(temporary.path, FILES);
  client = await connect(server, { directories: [temporary.path], write: true });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

const title = ({ tool, args, why }: (typeof rows)[number]) =>
  `${tool} ${JSON.stringify(args)}${why === undefined ? '' : `: other, ${why}`}`;

test.each(rows.map((row) => [title(row), row] as const))('%s', async (_title, { tool, args, official, ours }) => {
  const { content } = await client.callTool(tool, JSON.parse(JSON.stringify(args).replaceAll('@', temporary.path)));
  // Programs read the first block.
  const [block] = content;
  const text = block?.type === 'text' ? block.text : JSON.stringify(block);
  expect(text.replaceAll(temporary.path, '@')).toBe(ours ?? official);
  expect(ours).not.toBe(official);
});
