import type { Description } from './description.ts';
import { columnLine, constraintLine, headLine, indexLine, referenceLine } from './description-text.ts';
import { chargeOf } from './size.ts';

/** The same description, as much of it as an answer may have: columns first, the rest in the order in which one looks for it. */
export function fitDescription(description: Description, maxChars: number): Description {
  const definition = cutText(description.definition, Math.min(MAX_DEFINITION, Math.floor(maxChars / 3)));
  const taken = [headLine(description), ...(definition ?? '').split('\n').map((line) => `  ${line}`)].map((line) => chargeOf('', line));
  let room = taken.reduce((left, characters) => left - characters, maxChars - TITLES);
  let omitted = 0;
  const cut = <Item extends object | string>(items: readonly Item[] | undefined, line: (item: Item) => string) => {
    const kept = items?.filter((item) => {
      room -= chargeOf(item, line(item));
      return room >= 0;
    });
    omitted += (items?.length ?? 0) - (kept?.length ?? 0);
    return kept;
  };
  const fitted: Description = {
    ...description,
    definition,
    columns: cut(description.columns, columnLine) ?? [],
    constraints: cut(description.constraints, constraintLine),
    indexes: cut(description.indexes, indexLine),
    referencedBy: cut(description.referencedBy, referenceLine),
    triggers: cut(description.triggers, String),
    policies: cut(description.policies, String),
  };
  return omitted === 0 ? fitted : { ...fitted, omitted };
}

function cutText(text: string | undefined, length: number): string | undefined {
  return text === undefined || text.length <= length ? text : `${text.slice(0, length)}\n...`;
}

/** Characters of the definition of a view. */
const MAX_DEFINITION = 4_000;

/** The titles of all sections, and the note of what was left out. */
const TITLES = 250;
