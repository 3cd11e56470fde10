import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Plan } from './figures.ts';
import { measureHttp } from './http.ts';
import { circumstances } from './machine.ts';
import { bundleOurs } from './ours.ts';
import { installPeers } from './peers.ts';
import { markdown, type Report, ratiosOf } from './report.ts';
import { measureStdio } from './stdio.ts';

const result = (name: string) => fileURLToPath(new URL(`../results/${name}`, import.meta.url));

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string', default: result('bench.json') },
    markdown: { type: 'string', default: result('bench.md') },
  },
});

const plan: Plan = values.quick
  ? { rounds: 2, warmUpMs: 1_000, measureMs: 1_000, starts: 5, trips: 500 }
  : { rounds: 5, warmUpMs: 2_000, measureMs: 4_000, starts: 21, trips: 2_000 };

/** What a row says of a contestant that cannot take part; why it cannot is for whoever started this. */
function unlessReady(fault: string | undefined, note: string): string | undefined {
  if (fault === undefined) return undefined;
  console.error(`${note}: ${fault}`);
  return note;
}

const noPeers = unlessReady(installPeers(), 'not installed');
const noOurs = unlessReady(bundleOurs(), 'not built');
const sections = [...(await measureHttp(plan, noPeers, noOurs)), ...(await measureStdio(plan, noPeers, noOurs))];
const report: Report = {
  circumstances: circumstances(),
  plan: `HTTP: ${plan.rounds} interleaved rounds of ${plan.measureMs / 1000} s after ${plan.warmUpMs / 1000} s of warm-up. stdio: ${plan.starts} interleaved starts, ${plan.rounds} rounds of ${plan.trips} round trips.`,
  sections,
  ratios: ratiosOf(sections),
};
const text = markdown(report);
for (const [file, content] of [
  [values.json, `${JSON.stringify(report, null, 2)}\n`],
  [values.markdown, text],
] as const) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
console.log(text);
// A slow answer is a figure; a wrong one is a fault.
if (sections.some(({ rows }) => rows.some(({ note }) => note?.startsWith('failed')))) process.exitCode = 1;
