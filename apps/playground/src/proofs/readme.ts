import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Launch } from '../clients.ts';
import type { Installed } from '../install.ts';
import type { Show } from '../shows/show.ts';
import { commonConfigurationIn, configurationsIn } from './configurations.ts';
import { inFolderOf, toolsOf } from './npx.ts';

const FRONT_PAGE = join(import.meta.dirname, '..', '..', '..', '..', 'README.md');

/** Every client configuration in the README that npm has installed, and the one on the front page, started where npx finds the installed package. */
export async function* readmeProofs(show: Show, installed: Installed, workshop: string, home: string): AsyncGenerator<string> {
  const readme = await readFile(join(installed.home, 'node_modules', '@touchstone-mcp', show.name, 'README.md'), 'utf8');
  const configurations = [
    ...(await configurationsIn(readme, show.name)),
    commonConfigurationIn(await readFile(FRONT_PAGE, 'utf8'), show.name),
  ];
  const examples = Object.entries(show.examples(workshop));
  for (const [example] of examples)
    assert.ok(JSON.stringify(configurations).includes(example), `no configuration has the example ${example}`);

  const starts = new Map<string, Launch>();
  for (const { launch } of configurations) {
    const start = inFolderOf(installed, home, withOwn(withoutContainer(launch, show, installed), examples));
    starts.set(JSON.stringify(start), start);
  }
  const counts = new Set<number>();
  for (const start of starts.values()) counts.add(await toolsOf(start));
  assert.equal(counts.size, 1, `not all of them list the same tools: ${[...counts]}`);
  const clients = configurations.map(({ client }) => client).join(', ');
  yield `${configurations.length} client configurations, ${starts.size} different commands started: ${[...counts]} tool(s) (${clients})`;
}

/** The configuration with what its reader puts in place of the examples. */
function withOwn({ command, args, env = {} }: Launch, examples: readonly [string, string][]): Launch {
  const own = (text: string) => examples.reduce((sofar, [example, value]) => sofar.replaceAll(example, value), text);
  return { command, args: args.map(own), env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, own(value)])) };
}

/** `docker run ... IMAGE ARGS` as the installed command with the arguments, which is what the image runs. */
function withoutContainer(launch: Launch, { name }: Show, { command, version }: Installed): Launch {
  if (launch.command !== 'docker') return launch;
  const { env = {} } = launch;
  const image = launch.args.indexOf(`ghcr.io/touchstone-mcp/${name}:${version}`);
  const [run, ...flags] = launch.args.slice(0, image);
  const args = launch.args.slice(image + 1);
  const { values } = parseArgs({
    args: flags,
    options: {
      interactive: { type: 'boolean', short: 'i' },
      rm: { type: 'boolean' },
      'read-only': { type: 'boolean' },
      'cap-drop': { type: 'string' },
      user: { type: 'string' },
      mount: { type: 'string', multiple: true, default: [] },
      env: { type: 'string', short: 'e', multiple: true, default: [] },
    },
  });
  assert.deepEqual([run, values.interactive, values.rm, values['read-only'], values['cap-drop']], ['run', true, true, true, 'ALL']);
  assert.deepEqual(values.env, Object.keys(env), 'what the container is given must be what the client has');
  const paths = args.filter((arg) => arg.startsWith('/'));
  assert.deepEqual(
    values.mount,
    paths.map((path) => `type=bind,src=${path},dst=${path}`),
  );
  return { command, args, env };
}
