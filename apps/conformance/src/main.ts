/** The official conformance suite against the filesystem server, over HTTP, in both eras. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCheck, runChecks } from './check.ts';
import { refereeChecks } from './referee.ts';
import { report } from './report.ts';
import { startSubject } from './subject.ts';

/** Each check keeps one core busy. */
const CONCURRENCY = 2;

const started = performance.now();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());

await using scratch = await makeScratch();
const folder = join(scratch.path, 'files');
const home = join(scratch.path, 'home');
await Promise.all([mkdir(folder), mkdir(home)]);
await writeFile(join(folder, 'hello.txt'), 'Hello, conformance.\n');

// What somebody has set for their own servers is not what is judged here.
const inherited = Object.entries(process.env).filter(([name]) => !/^(TOUCHSTONE|MCP)_/.test(name));
const env = { ...Object.fromEntries(inherited), HOME: home, USERPROFILE: home, NO_COLOR: '1' };
await using subject = await startSubject(folder, env);
const place = { env, cwd: scratch.path, signal: stop.signal };

const results = await runChecks(refereeChecks(subject.url, place), CONCURRENCY);
results.push(
  await runCheck({
    judge: 'server',
    name: 'ends in order, its log without errors',
    async run() {
      const complaints = await subject.stop();
      if (complaints.length > 0) throw new Error(complaints.slice(0, 10).join('\n'));
      return 'exit 0';
    },
  }),
);
console.log(report(results, (performance.now() - started) / 1000));
if (results.some(({ passed }) => !passed)) process.exitCode = 1;

async function makeScratch() {
  // Resolved: on macOS the temporary folder is a link.
  const path = await realpath(await mkdtemp(join(tmpdir(), 'touchstone-conformance-')));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}
