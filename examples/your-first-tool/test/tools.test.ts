import { connect, GENERATIONS } from '@touchstone-mcp/core/testing';
import { describe, expect, test } from 'vitest';
import { server } from '../src/server.ts';

const settings = { holidays: ['2028-01-03', '2027-01-01'] };

describe.each(GENERATIONS)('A %s client', (generation) => {
  test('counts workdays', async () => {
    await using client = await connect(server, settings, generation);
    const answer = await client.callTool('count_workdays', { from: '2026-12-28', to: '2027-01-04' });
    expect(answer).toMatchObject({
      structuredContent: { workdays: 5, holidays: ['2027-01-01'] },
      content: [{ type: 'text', text: '5 workdays, without 2027-01-01' }],
    });
  });

  test.each([
    [{ from: '2027-01-02', to: '2027-01-01' }, 'invalid_input', 'the range is empty'],
    [{ from: '1900-01-01', to: '2100-01-01' }, 'too_large', 'longer than maxDays'],
    [{ from: '2027-02-29', to: '2027-03-01' }, 'invalid_input', 'no such day'],
    [{ from: '2027-01-01', to: '2027-01-02', country: 'NO' }, 'invalid_input', 'an argument that does not exist'],
  ])('is refused %j as %s: %s', async (wrong, code, _why) => {
    await using client = await connect(server, settings, generation);
    expect(await client.callTool('count_workdays', wrong)).toMatchObject({ isError: true, _meta: { code } });
  });

  test('reads the holidays of a year, which complete', async () => {
    await using client = await connect(server, settings, generation);
    expect((await client.listResources()).map(({ uri }) => uri)).toEqual(['calendar://holidays/2027', 'calendar://holidays/2028']);
    expect(await client.readResource('calendar://holidays/2027')).toMatchObject({ text: '2027-01-01' });
    await expect(client.readResource('calendar://holidays/1999')).rejects.toThrow('No holidays are known of that year');
    expect(await client.complete('calendar://holidays/{year}', 'year', '202')).toEqual(['2027', '2028']);
  });

  test('is given a prompt', async () => {
    await using client = await connect(server, settings, generation);
    expect(await client.getPrompt('plan_leave', { year: '2028' })).toMatchObject([
      { content: { text: expect.stringContaining('are: 2028-01-03.') } },
    ]);
    await expect(client.getPrompt('plan_leave', { year: 'soon' })).rejects.toThrow('must be a year');
    expect(await client.complete({ prompt: 'plan_leave' }, 'year', '2028')).toEqual(['2028']);
  });
});
