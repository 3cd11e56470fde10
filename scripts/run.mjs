/**
 * The front door: `npm start` and `npm test` on a fresh clone, with nothing installed but Node >= 20 and npm. Plain JavaScript on
 * purpose: it runs before anything has been installed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

const { packageManager, devDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const OLDEST_NODE = 20;

/** Each step is a sentence and the arguments of pnpm, which brings the Node that the project is developed on, and is told so. */
const INSTALL = ['Install', ['install', '--frozen-lockfile', `--config.node-version=${devDependencies.node}`]];
const BUILD = ['Build', ['exec', 'turbo', 'run', 'build', '--output-logs=errors-only']];
const TESTS = ['Tests', ['exec', 'turbo', 'run', 'test', '--continue', '--concurrency=1', '--output-logs=full', '--log-order=stream']];
const PLAY = ['Play with the packed servers', ['run', 'play']];
const PROVE = ['Play with the packed servers, and start them every way', ['run', 'play', '--prove']];
const STEPS = {
  start: [INSTALL, BUILD, PLAY],
  test: [
    INSTALL,
    BUILD,
    ['Format, lint and import rules', ['run', 'lint']],
    ['Types', ['exec', 'turbo', 'run', 'typecheck', '--output-logs=errors-only']],
    ['Unused files, exports and dependencies', ['run', 'unused']],
    ['Packed packages', ['run', 'packages']],
    ['Generated files', ['run', 'generate', '--check']],
    TESTS,
    PROVE,
  ],
};
/** Nothing works without these. */
const NEEDED = new Set([INSTALL, BUILD]);
/** What a failing test is told by, in the middle of thousands of lines: said once more at the end. */
const FAILURE = /:test: +(FAIL |⎯+ Unhandled|[A-Za-z]*Error: )/;
const MOST_FAILURES = 40;

const [command] = process.argv.slice(2);
const steps = STEPS[command];
if (steps === undefined) exit(`Usage: node scripts/run.mjs ${Object.keys(STEPS).join('|')}`);
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  exit(`Node ${OLDEST_NODE} or later is needed to build Touchstone, and this is ${process.version}: install it from https://nodejs.org`);
}
if ((await npm(['--version'], 'ignore')) !== 0) exit('npm is needed to build Touchstone: it comes with Node, from https://nodejs.org');

const outcomes = [];
const failures = [];
for (const [index, step] of steps.entries()) {
  const [title, args] = step;
  console.log(`\n[${index + 1}/${steps.length}] ${title}`);
  const started = Date.now();
  const stdio = step === TESTS ? ['inherit', 'pipe', 'inherit'] : 'inherit';
  const passed = (await npm(['exec', '--yes', `--package=${packageManager}`, '--', 'pnpm', ...args], stdio)) === 0;
  outcomes.push({ title, passed, seconds: ((Date.now() - started) / 1000).toFixed(1) });
  if (!passed && NEEDED.has(step)) break;
}

if (failures.length > 0) console.log(`\nFailures:\n${failures.slice(0, MOST_FAILURES).join('\n')}`);
console.log('');
for (const { title, passed, seconds } of outcomes) console.log(`${passed ? 'ok  ' : 'FAIL'} ${seconds.padStart(6)} s  ${title}`);
const failed = outcomes.filter(({ passed }) => !passed).length;
console.log(`\nsteps: ${outcomes.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs npm, which tells its scripts where it is; a shell is needed only to find it on Windows without that. */
async function npm(args, stdio) {
  const path = process.env.npm_execpath;
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', npm_config_update_notifier: 'false' };
  const child = path?.endsWith('.js')
    ? spawn(process.execPath, [path, ...args], { stdio, env })
    : spawn('npm', args, { stdio, env, shell: process.platform === 'win32' });
  const ended = once(child, 'close').catch(() => [undefined]);
  if (child.stdout !== null) for await (const line of createInterface({ input: child.stdout })) pass(line);
  const [status] = await ended;
  return status;
}

function pass(line) {
  console.log(line);
  const plain = stripVTControlCharacters(line);
  if (FAILURE.test(plain)) failures.push(plain.trim());
}

function exit(message) {
  console.error(message);
  process.exit(1);
}
