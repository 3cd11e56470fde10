import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts');

test('the command serves a client over stdio, with settings from flags', async () => {
  const client = new Client({ name: 'examples', version: '1.0.0' });
  const args = [MAIN, '--holidays', '2027-01-01,2027-12-24', '--log-level', 'warn'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  const answer = await client.callTool({ name: 'count_workdays', arguments: { from: '2027-12-20', to: '2027-12-31' } });
  expect(answer.structuredContent).toEqual({ workdays: 9, holidays: ['2027-12-24'] });
  await client.close();
});
