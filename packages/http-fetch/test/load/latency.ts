/**
 * `node test/load/latency.ts [page[*times] ...]`: whether a page stalls other calls. Tells how long a trivial call (tools/list) waits at most while
 * the page is read, and how much processor time the main thread took in its longest turn: the first counts what else the machine does, the
 * second does not. The server has read one small page before. `idle` reads nothing.
 */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startBundled } from './bundled.ts';
import { COSTLY } from './pages.ts';

const EVERY_MS = 4;
const names = process.argv.length > 2 ? process.argv.slice(2) : ['idle', ...Object.keys(COSTLY)];

for (const name of names) {
  await using server = await startBundled([], ['--import', join(import.meta.dirname, 'turns.ts')]);
  await server.fetch('small-page');
  await server.longestTurn();
  const [page = '', times = '1'] = name.split('*');
  const work = name === 'idle' ? setTimeout(1_000) : Promise.all(Array.from({ length: Number(times) }, () => server.fetch(page)));
  let done = false;
  void work.then(() => {
    done = true;
  });
  const calls: Promise<number>[] = [];
  while (!done) {
    calls.push(server.request('tools/list', {}).then(({ ms }) => ms));
    await setTimeout(EVERY_MS);
  }
  const waits = (await Promise.all(calls)).toSorted((a, b) => a - b);
  const at = (share: number) => (waits[Math.floor((waits.length - 1) * share)] ?? 0).toFixed(1).padStart(7);
  const turn = (await server.longestTurn()).toFixed(1).padStart(6);
  process.stdout.write(
    `${name.padEnd(26)} longest turn ${turn} ms; ${String(waits.length).padStart(5)} calls: median ${at(0.5)}, 99% ${at(0.99)}, most ${at(1)} ms\n`,
  );
}
