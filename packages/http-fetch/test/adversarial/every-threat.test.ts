import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** The threats that this server is built against. Each is a row in these tests, driven through a client. */
const THREATS = [
  '001 002 004 005 006 007 008 009 010 013 014 015 016',
  '030 032 033 034 035 036 037 038 039 040 041',
  '060 062 063 064 065 066 067 069 070 071 072 073 074 075 076 077 078 079',
  '090 091 092 093 094 095 096 098',
].flatMap((line) => line.split(' '));

test('every threat has a row', () => {
  const directory = join(import.meta.dirname, '..');
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const rows = files.map((name) => readFileSync(join(directory, name), 'utf8')).join('\n');
  expect(THREATS.filter((id) => !rows.includes(`HF-${id}`))).toEqual([]);
});
