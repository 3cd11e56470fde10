import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { Check } from './check.ts';
import { ending, lastLines, type Place, run, scriptOf } from './command.ts';

const REFEREE = scriptOf(import.meta.resolve('@modelcontextprotocol/conformance/package.json'), 'conformance');
const BASELINE = fileURLToPath(new URL('../baseline-2026-07-28.yml', import.meta.url));

/** How many scenarios 2026-07-28 requires of a server. The baseline names those that call tools which only a fixture has. */
const REQUIRED = 37;

/** What can be asked of a server that has no fixtures, beyond what is required of all. */
const SCENARIOS = {
  '2026-07-28': ['http-header-validation'],
  '2025-11-25': [
    'server-initialize',
    'ping',
    'tools-list',
    'resources-list',
    'prompts-list',
    'dns-rebinding-protection',
    'server-sse-multiple-streams',
  ],
};

/** The official suite against a server over HTTP: all that 2026-07-28 requires, then scenarios one by one. */
export function refereeChecks(url: string, place: Place): Check[] {
  const single = Object.entries(SCENARIOS).flatMap(([revision, scenarios]) =>
    scenarios.map((name) => ({ judge: `suite ${revision}`, name, run: () => scenario(url, name, revision, place) })),
  );
  return [{ judge: 'suite 2026-07-28', name: 'all that is required', run: () => requirements(url, place) }, ...single];
}

/** The baseline makes exit 0 mean: nothing fails but what it names, and all that it names still does. */
async function requirements(url: string, place: Place): Promise<string> {
  const args = ['server', '--url', url, '--requirements', '2026-07-28', '--expected-failures', BASELINE];
  const outcome = await run(REFEREE, args, place);
  if (outcome.code !== 0) throw new Error(`${ending(outcome)}\n${lastLines(outcome, 60)}`);
  const text = stripVTControlCharacters(outcome.stdout);
  const ran = text.match(/^[✓✗] \S+: \d+ passed, \d+ failed$/gm)?.length ?? 0;
  if (ran < REQUIRED) throw new Error(`only ${ran} of ${REQUIRED} scenarios ran\n${lastLines(outcome)}`);
  const expected = new Set([...text.matchAll(/^ {2}~ ([\w-]+)/gm)].map(([, name]) => name));
  return `${REQUIRED} scenarios: ${REQUIRED - expected.size} pass, ${expected.size} in the baseline`;
}

/** A scenario that does not apply is skipped with exit 0, so that the words count as well. */
async function scenario(url: string, name: string, revision: string, place: Place): Promise<string> {
  const outcome = await run(REFEREE, ['server', '--url', url, '--scenario', name, '--spec-version', revision], place);
  const [, passed, all, failed, warnings] =
    /^Passed: (\d+)\/(\d+), (\d+) failed, (\d+) warnings$/m.exec(stripVTControlCharacters(outcome.stdout)) ?? [];
  if (outcome.code !== 0 || all === undefined || passed !== all || failed !== '0') {
    throw new Error(`${ending(outcome)}\n${lastLines(outcome)}`);
  }
  return `${passed}/${all}${warnings === '0' ? '' : `, warnings: ${warnings}`}`;
}
