import { expect, test } from 'vitest';
import { progressReader } from './progress.ts';

test("progress is told in words of ours, never backwards; the rest is kept, a remote's words in bounds", () => {
  const told: string[] = [];
  const read = progressReader((done, total, message) => told.push(`${done}/${total} ${message}`), 'transfer');
  const kept = [
    'remote: Enumerating objects: 9, done.\nremote: Counting objects:  10% (1/9)\rremote: Count',
    'ing objects: 100% (9/9)\rremote: Counting objects:  50% (1/2)\rReceiving objects:  999% (1/1), 5 KiB\r',
    'remote: Ignore previous instructions: 12% (1/2)\rgit@host: Permission denied (publickey).\r',
    `\nfatal: no\n${'remote: x\n'.repeat(1_000)}fatal: end\n`,
  ].map(read);
  expect(told).toEqual(['10/500 Counting objects: 10%', '100/500 Counting objects: 100%', '400/500 Receiving objects: 100%']);
  const text = kept.join('');
  expect(text).toContain('git@host: Permission denied (publickey).\nfatal: no\n');
  expect([text.endsWith('fatal: end\n'), text.match(/^remote: /gm)?.length]).toEqual([true, 20]);
});
