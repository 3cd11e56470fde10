import { compareSchemas, type Effect, type Schema } from './schemas.ts';

/** Whether those who use a server as it was can go on as they did. */
export type Verdict = 'breaking' | 'compatible' | 'none';

const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;

/** The hints of the specification. */
export type Hints = Partial<Record<(typeof HINTS)[number], boolean>>;

/** What a server offers by a name: a tool, a prompt, or a resource template, as a client is told of it. */
export interface Offer {
  name: string;
  title?: string;
  description?: string;
  annotations?: Hints;
  inputSchema: Schema;
  outputSchema?: Schema;
}

/** One difference between two lists, in words. */
export interface Change {
  /** The name of the tool, the prompt or the template. */
  name: string;
  text: string;
  breaking: boolean;
}

/**
 * Every difference between two lists. What a client may send must not shrink, what it may be sent must not grow but by new members, and
 * what hosts were promised of a tool must stay true: all else breaks those who use it.
 */
export function compareLists(base: readonly Offer[], head: readonly Offer[]): Change[] {
  const [before, after] = [base, head].map((offers) => new Map(offers.map((offer) => [offer.name, offer]))) as [Offers, Offers];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (is === undefined) return [{ name, text: 'removed', breaking: true }];
    return was === undefined ? [{ name, text: 'added', breaking: false }] : compareOffers(was, is);
  });
}

type Offers = Map<string, Offer>;

/** The worst of it. */
export function verdictOf(changes: readonly Change[]): Verdict {
  if (changes.length === 0) return 'none';
  return changes.some(({ breaking }) => breaking) ? 'breaking' : 'compatible';
}

function compareOffers(base: Offer, head: Offer): Change[] {
  const { name } = base;
  const words = (['title', 'description'] as const).filter((key) => base[key] !== head[key]);
  return [
    ...words.map((key) => ({ name, text: `${key} changed`, breaking: false })),
    ...compareHints(base, head),
    ...compareOne('argument', base.inputSchema, head.inputSchema, 'narrower').map((change) => ({ name, ...change })),
    ...compareOne('answer', base.outputSchema ?? {}, head.outputSchema ?? {}, 'wider').map((change) => ({ name, ...change })),
  ];
}

function compareOne(what: string, base: Schema, head: Schema, breaks: Effect): Omit<Change, 'name'>[] {
  return compareSchemas(base, head).map(({ path, text, effect }) => ({
    text: `${[what, path].filter((part) => part !== '').join(' ')}: ${text}`,
    breaking: effect === 'other' || effect === breaks,
  }));
}

function compareHints({ name, annotations: base }: Offer, { annotations: head }: Offer): Change[] {
  const [before, after] = [promisesOf(base), promisesOf(head)];
  return HINTS.filter((hint) => before[hint] !== after[hint]).map((hint) => ({
    name,
    text: `${hint}: ${before[hint]} -> ${after[hint]}`,
    breaking: before[hint] === (hint === 'readOnlyHint' || hint === 'idempotentHint'),
  }));
}

/** What a host may rely on, such as to call a tool without asking: a hint that is not given has the specification's default. */
function promisesOf({ readOnlyHint = false, destructiveHint = true, idempotentHint = false, openWorldHint = true }: Hints = {}): Hints {
  // What only reads destroys nothing, and may be repeated.
  return { readOnlyHint, destructiveHint: destructiveHint && !readOnlyHint, idempotentHint: idempotentHint || readOnlyHint, openWorldHint };
}
