import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** The threats that this server is built against. Each is a row in these tests, driven through a client. */
const THREATS = [
  '001 002 004 005 006 007 009 010 011 012 013 015 016 017 018 019 021 022 023 024 025 026 027 028',
  '040 041 042 044 045 046 047 048 049',
  '060 062 063 065 066 068 069 070 071 072 073 074 075',
  '090 091 092 094 095 096 097 098 099 101 102 103 104',
  '120 121 122 123 124 125 126 129 130 131 132 133 134 135 136 138 139 140 141 142 143 144 145',
].flatMap((line) => line.split(' '));

test('every threat has a row', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts'));
  const rows = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n');
  expect(THREATS.filter((id) => !rows.includes(`FS-${id}`))).toEqual([]);
});
