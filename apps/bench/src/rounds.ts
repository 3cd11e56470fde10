import { type Figure, figure, type Row, type Section } from './figures.ts';

/** One contestant's figures of one round. */
export type Sample = Record<string, number | undefined>;

/** Why a contestant is measured no further, though nothing that it answered was wrong. */
export class Skipped extends Error {}

/** Measures everybody in turn, again and again. Who cannot go on gets a note, and the others go on. */
export async function rounds<Contestant extends { name: string }>(
  title: string,
  count: number,
  everybody: readonly Contestant[],
  notes: Map<string, string>,
  measure: (contestant: Contestant) => Promise<Sample>,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>();
  for (let round = 0; round <= count; round++) {
    console.error(`${title} ${round}/${count}`);
    for (const contestant of everybody.filter(({ name }) => !notes.has(name))) {
      try {
        const sample = await measure(contestant);
        // Round 0 fills the compile cache and the system's own caches.
        if (round > 0) samples.set(contestant.name, [...(samples.get(contestant.name) ?? []), sample]);
      } catch (error) {
        notes.set(contestant.name, `${error instanceof Skipped ? 'skipped' : 'failed'}: ${(error as Error).message}`);
      }
    }
  }
  return samples;
}

/** A note for everybody who cannot take part. */
export function notesOf(everybody: readonly { name: string; missing: string | undefined }[]): Map<string, string> {
  return new Map(everybody.flatMap(({ name, missing }) => (missing === undefined ? [] : [[name, missing]])));
}

/** What the rounds came to. */
export function sectionOf(
  head: Omit<Section, 'rows'>,
  everybody: readonly { name: string }[],
  samples: ReadonlyMap<string, readonly Sample[]>,
  notes: ReadonlyMap<string, string>,
): Section {
  return { ...head, rows: everybody.map(({ name }) => rowOf(name, notes.get(name), head.columns, samples.get(name) ?? [])) };
}

/** What one contestant's rounds came to. */
export function rowOf(name: string, note: string | undefined, columns: readonly string[], samples: readonly Sample[]): Row {
  const figures: Record<string, Figure | undefined> = {};
  for (const column of columns) figures[column] = figure(samples.map((sample) => sample[column]));
  return note === undefined ? { name, figures } : { name, note, figures };
}
