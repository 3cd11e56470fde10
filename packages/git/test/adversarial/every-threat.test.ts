import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** The threats that this server is built against. Each is a row in these tests, driven through a client, or a test that names it. */
const THREATS = [
  '001 002 003 004 005 008 010 012 013 014 015 016 017',
  '030 031 032 033 034 036 037 039 040 041 042 043 044 045 046',
  '060 061 062 063 064 065 066 067 069 070 071 072 073 074 075 077 078',
  '090 091 092 094 095 096 097 098 099 100 101 102 103 104 105',
].flatMap((line) => line.split(' '));

test('every threat has a row', () => {
  const directory = join(import.meta.dirname, '..');
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const rows = files.map((name) => readFileSync(join(directory, name), 'utf8')).join('\n');
  expect(THREATS.filter((id) => !rows.includes(`GIT-${id}`))).toEqual([]);
});
