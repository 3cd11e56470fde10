import { join } from 'node:path';
import type { Step } from './diary.ts';
import type { Show } from './shows/show.ts';

/** A line above what belongs together. */
export function heading(text: string): void {
  console.log(`\n── ${text}`);
}

/** What was asked and told, step by step. */
export function tell(steps: readonly Step[]): void {
  for (const [index, { asked, told, ms }] of steps.entries()) {
    console.log(`\n  > ${asked}  (${ms.toFixed(1)} ms${index === 0 ? ', the start of the process included' : ''})`);
    for (const line of told.split('\n')) console.log(`    ${line}`);
  }
}

/** Milliseconds of each step, a row a client. The last `refused` steps are named so. */
export function table(timings: ReadonlyMap<string, readonly Step[]>, refused: number): void {
  const width = Math.max(...[...timings.keys()].map((name) => name.length));
  const [steps = []] = timings.values();
  const heads = steps.map(({ asked }, index) => (index >= steps.length - refused ? 'refuse' : (asked.split(/[ {]/)[0] ?? asked)));
  console.log(`  ${'milliseconds'.padEnd(width)}  ${heads.join('  ')}`);
  for (const [name, row] of timings) {
    const cells = row.map(({ ms }, index) => ms.toFixed(1).padStart(heads[index]?.length ?? 0));
    console.log(`  ${name.padEnd(width)}  ${cells.join('  ')}`);
  }
}

/** Ends the show of a server with what a reader can paste. */
export function configuration({ name, clone }: Show, source: string): void {
  heading('Paste this into the configuration of your MCP client (Claude Desktop, Cursor, Windsurf, ...) to try this clone');
  const entry = { command: process.execPath, args: [join(source, 'dist', 'main.js'), ...clone] };
  console.log(JSON.stringify({ mcpServers: { [name]: entry } }, undefined, 2));
  console.log(`\nFor the package from npm, packages/${name}/README.md has the configuration of each client.`);
}

/** Bytes in words. */
export function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} kB`;
}
