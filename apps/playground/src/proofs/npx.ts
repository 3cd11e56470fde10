import assert from 'node:assert/strict';
import { connect, type Launch } from '../clients.ts';
import type { Installed } from '../install.ts';
import type { Show } from '../shows/show.ts';

/** The installed command through npx, by its own name and by the package's. */
export async function* npxProofs(show: Show, installed: Installed, workshop: string, home: string): AsyncGenerator<string> {
  for (const words of [
    ['--no-install', `touchstone-${show.name}`],
    ['-y', `@touchstone-mcp/${show.name}`],
  ]) {
    const tools = await toolsOf(inFolderOf(installed, home, { command: 'npx', args: [...words, ...show.args(workshop)] }));
    yield `npx ${words.join(' ')}: ${tools} tool(s)`;
  }
}

/** Where npx finds the installed package, and nothing else: it has neither the network nor a cache. */
export function inFolderOf({ home: cwd }: Installed, home: string, { env, ...launch }: Launch): Launch {
  const alone = { HOME: home, USERPROFILE: home, npm_config_cache: home, npm_config_offline: 'true', npm_config_update_notifier: 'false' };
  return { ...launch, cwd, env: { ...env, ...alone } };
}

/** How many tools a client is shown by the server that it starts. Throws with what the server has said where there are none. */
export async function toolsOf(launch: Launch): Promise<number> {
  const log: string[] = [];
  try {
    await using visitor = await connect('modern', { kind: 'stdio', ...launch, onLog: (line) => void log.push(line) });
    const tools = await visitor.tools();
    assert.ok(tools.length > 0, 'no tool is listed');
    return tools.length;
  } catch (cause) {
    throw new Error([[launch.command, ...launch.args].join(' '), ...log].join('\n'), { cause });
  }
}
