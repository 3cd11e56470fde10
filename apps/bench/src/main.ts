import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureFetch } from './fetch.ts';
import { PARTS, type Part, type Plan, type Section } from './figures.ts';
import { measureFiles } from './files.ts';
import { measureGit } from './git.ts';
import { measureHttp } from './http.ts';
import { circumstances } from './machine.ts';
import { bundleOurs } from './ours.ts';
import { installPeers } from './peers.ts';
import { measurePostgres } from './postgres.ts';
import { ratiosOf } from './ratios.ts';
import { markdown, type Report } from './report.ts';
import { measureStdio } from './stdio.ts';

const result = (name: string) => fileURLToPath(new URL(`../results/${name}`, import.meta.url));

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'string' },
    markdown: { type: 'string' },
  },
});
const parts = PARTS.filter((part) => values.only === undefined || values.only === part);
if (parts.length === 0) throw new Error(`--only takes one of ${PARTS.join(', ')}`);
// A part by itself leaves the whole's results alone.
const name = values.only === undefined ? 'bench' : `bench-${values.only}`;

const plan: Plan = values.quick
  ? { rounds: 2, warmUpMs: 1_000, measureMs: 1_000, starts: 5, trips: 500, calls: 1, repeats: 5, scale: 0.1 }
  : { rounds: 5, warmUpMs: 2_000, measureMs: 4_000, starts: 21, trips: 2_000, calls: 3, repeats: 20, scale: 1 };

/** What a row says of a contestant that cannot take part; why it cannot is for whoever started this. */
function unlessReady(fault: string | undefined, note: string): string | undefined {
  if (fault === undefined) return undefined;
  console.error(`${note}: ${fault}`);
  return note;
}

const noPeers = unlessReady(installPeers(), 'not installed');
const noOurs = parts.includes('http') || parts.includes('stdio') ? unlessReady(bundleOurs(), 'not built') : undefined;
const measure: Record<Part, () => Promise<Section[]>> = {
  http: () => measureHttp(plan, noPeers, noOurs),
  stdio: () => measureStdio(plan, noPeers, noOurs),
  files: () => measureFiles(plan, noPeers),
  postgres: () => measurePostgres(plan, noPeers),
  git: () => measureGit(plan, noPeers),
  fetch: () => measureFetch(plan, noPeers),
};
const plans: Record<Part, string> = {
  http: `HTTP: ${plan.rounds} interleaved rounds of ${plan.measureMs / 1000} s after ${plan.warmUpMs / 1000} s of warm-up.`,
  stdio: `stdio: ${plan.starts} interleaved starts, ${plan.rounds} rounds of ${plan.trips} round trips.`,
  files: `Files: ${plan.rounds} interleaved rounds of new processes, each with a first call and ${plan.calls} after it, whose median counts.`,
  postgres: `PostgreSQL: ${plan.rounds} interleaved rounds, over HTTP and over stdio, on one database.`,
  git: `Git: ${plan.rounds} interleaved rounds of new processes, each with a first call and at most ${plan.repeats} after it.`,
  fetch: `Fetch: ${plan.rounds} interleaved rounds of new processes, each with a first time and ${plan.calls} after it, whose median counts.`,
};
const sections: Section[] = [];
for (const part of parts) sections.push(...(await measure[part]()));
const report: Report = {
  circumstances: circumstances(),
  plan: parts.map((part) => plans[part]).join(' '),
  sections,
  ratios: ratiosOf(sections),
};
const text = markdown(report);
for (const [file, content] of [
  [values.json ?? result(`${name}.json`), `${JSON.stringify(report, null, 2)}\n`],
  [values.markdown ?? result(`${name}.md`), text],
] as const) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
console.log(text);
// A slow answer is a figure; a wrong one is a fault.
if (sections.some(({ rows }) => rows.some(({ note }) => note?.startsWith('failed')))) process.exitCode = 1;
