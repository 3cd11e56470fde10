import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** The threats that this server is built against. Each is a row in these tests, driven through a client. */
const THREATS = [
  '001 002 003 004 005 006 009 010 011 013 014 015 017 018 019 020 021 022 023 024 025 027 030 031 032 033 034 035',
  '050 051 052 053 054 055 056 057 058 059 060 061 062 064',
  '080 081 082 084 086 087 089 090 091 092 093 094 095 096 097',
  '110 111 112 113 114 115 116 117 118',
].flatMap((line) => line.split(' '));

test('every threat has a row', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts'));
  const rows = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n');
  expect(THREATS.filter((id) => !rows.includes(`PG-${id}`))).toEqual([]);
});
