/** One thing that must be so. `run` answers with a few words on what was seen, and throws when it is not so. */
export interface Check {
  /** Who judges: the suite with its revision, or the server itself. */
  judge: string;
  name: string;
  run: () => Promise<string>;
}

/** What became of a check. */
export interface Result {
  judge: string;
  name: string;
  passed: boolean;
  ms: number;
  detail: string;
}

/** Runs checks, so many at a time; the results come in the order of the checks. */
export async function runChecks(checks: readonly Check[], concurrency: number): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = checks.entries();
  const work = async () => {
    for (const [index, check] of waiting) results[index] = await runCheck(check);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

/** Runs one check. */
export async function runCheck({ judge, name, run }: Check): Promise<Result> {
  const started = performance.now();
  const seen = await run().then(
    (detail) => ({ passed: true, detail }),
    (error: Error) => ({ passed: false, detail: error.message }),
  );
  return { judge, name, ms: Math.round(performance.now() - started), ...seen };
}
