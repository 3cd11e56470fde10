/** `node test/load/report.ts [page ...]`: what each costly page costs the bundled server in memory. */
import { type Bundled, startBundled } from './bundled.ts';
import { COSTLY } from './pages.ts';

const MIB = 1024 ** 2;

async function costOf(names: readonly string[]): Promise<{ peak: number; anonymous: number; ms: number; outcome: string }> {
  await using server: Bundled = await startBundled([], (process.env['NODE_FLAGS'] ?? '').split(' ').filter(Boolean));
  const before = server.memory();
  let anonymous = 0;
  const watch = setInterval(() => {
    anonymous = Math.max(anonymous, server.memory().anonymous);
  }, 2);
  const started = performance.now();
  const answers = await Promise.all(names.map((name, index) => server.fetch(`${name}?${index}`)));
  const ms = performance.now() - started;
  clearInterval(watch);
  const outcomes = Map.groupBy(answers, ({ result }) =>
    result['isError']
      ? JSON.stringify(result['content']).slice(0, 110)
      : JSON.stringify((result['structuredContent'] as { notes?: string[] }).notes),
  );
  return {
    peak: server.memory().peak - before.peak,
    anonymous: anonymous - before.anonymous,
    ms,
    outcome: Array.from(outcomes, ([outcome, all]) => `${all.length} ${outcome}`).join('; '),
  };
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(COSTLY);
const show = (bytes: number) => (bytes / MIB).toFixed(1).padStart(7);
for (const name of names) {
  const [page = '', count = '1'] = name.split('*');
  const pages = page === 'mix' ? (process.env['MIX']?.split(',') ?? []) : Array.from({ length: Number(count) }, () => page);
  const { peak, anonymous, ms, outcome } = await costOf(pages);
  process.stdout.write(`${name.padEnd(26)} ${show(peak)} ${show(anonymous)} MiB ${ms.toFixed(0).padStart(7)} ms  ${outcome}\n`);
}
