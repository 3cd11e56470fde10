import type { Result } from './check.ts';

/** The results as a table, one line each, and below it what those that failed had to say. */
export function report(results: readonly Result[], seconds: number): string {
  const judges = widest(results.map(({ judge }) => judge));
  const names = widest(results.map(({ name }) => name));
  const lines = results.map(({ judge, name, passed, ms, detail }) =>
    [passed ? 'ok  ' : 'FAIL', judge.padEnd(judges), name.padEnd(names), `${ms} ms`.padStart(8), passed ? detail : 'see below'].join('  '),
  );
  const failed = results.filter(({ passed }) => !passed);
  const reasons = failed.map(({ judge, name, detail }) => `FAIL ${judge}, ${name}:\n${detail.replaceAll(/^/gm, '  ')}`);
  const sum = `conformance: ${results.length - failed.length} passed, ${failed.length} failed, ${seconds.toFixed(1)} s`;
  return [lines.join('\n'), ...reasons, sum].join('\n\n');
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
