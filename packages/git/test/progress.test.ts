import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const FILES = 300;

const temporary = temporaryDirectory();
const path = join(temporary.path, 'project');
let client: TestClient;

beforeAll(async () => {
  const files = (text: string) => Object.fromEntries(Array.from({ length: FILES }, (_, index) => [`d${index % 7}/f${index}`, text]));
  layRepository(path, [
    { files: files('one\n'), message: 'one' },
    { files: files('two\n'), message: 'two' },
    { files: { g: '' }, message: 'three' },
  ]);
  plainGit(path, ['branch', 'side', 'HEAD~2']);
  client = await connect(server, { repositories: [path], write: true });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

test.each<[tool: string, args: Record<string, unknown>, last: string]>([
  ['git_diff', { target: 'HEAD~2..HEAD~1', output: 'stat' }, `${FILES} of ${FILES} files compared`],
  ['git_show', { revision: 'HEAD~1', stat: true }, `${FILES} of ${FILES} files compared`],
  ['git_log', { path: 'd1', max_count: 10 }, '2 of 10 commits found'],
  ['git_checkout', { branch_name: 'side' }, 'Updating files: 100%'],
])('%s %j tells how far it is: forwards, in a hundred steps at most, and to the end', async (tool, args, last) => {
  const told: { progress: number; total?: number | undefined; message?: string | undefined }[] = [];
  const { isError } = await client.callTool(tool, args, { onprogress: (step) => told.push(step) });
  expect(isError).toBeUndefined();
  expect(told.at(-1)?.message).toBe(last);
  expect(told.length).toBeLessThanOrEqual(100);
  expect(told.map(({ progress }) => progress)).toEqual([...new Set(told.map(({ progress }) => progress))].sort((a, b) => a - b));
  for (const { progress, total = 0 } of told) expect(progress).toBeLessThanOrEqual(total);
});
