import { isDeepStrictEqual } from 'node:util';

/** A JSON Schema, not trusted to be one that we know every keyword of. */
export type Schema = Readonly<Record<string, unknown>>;

/** Whether fewer values fit than before, more, or neither can be said (`other`); `harmless` is what decides nothing, such as a description. */
export type Effect = 'narrower' | 'wider' | 'other' | 'harmless';

/** One difference between two schemas, in words. */
export interface SchemaChange {
  /** `options.limit`, or empty for the schema as a whole. */
  path: string;
  text: string;
  effect: Effect;
}

type Compare = (base: Schema, head: Schema, path: string, keyword: string) => SchemaChange[];

const WORDS = ['title', 'description', 'examples', 'default', 'deprecated', '$comment'];
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];

const COMPARISONS = new Map<string, Compare>([
  ...WORDS.map((keyword): [string, Compare] => [keyword, compareWords]),
  ...UPPER.map((keyword): [string, Compare] => [keyword, (...args) => compareBound(...args, 1)]),
  ...LOWER.map((keyword): [string, Compare] => [keyword, (...args) => compareBound(...args, -1)]),
  ['type', (base, head, path) => compareSets(typesOf(base), typesOf(head), path)],
  ['enum', (base, head, path) => compareSets(valuesOf(base), valuesOf(head), path)],
  ['const', (base, head, path) => compareSets(valuesOf(base), valuesOf(head), path)],
  ['properties', (base, head, path) => compareProperties(base, head, path)],
  ['required', (base, head, path) => compareRequired(base, head, path)],
  ['items', (base, head, path) => compareSubschemas(base['items'], head['items'], `${path}[]`)],
  [
    'additionalProperties',
    (base, head, path) => compareSubschemas(base['additionalProperties'], head['additionalProperties'], `${path}{}`),
  ],
  ['anyOf', compareBranches],
  ['oneOf', compareBranches],
]);

/** Every difference between two schemas. A keyword that is not known here counts for what it may do: as `other` where it has changed. */
export function compareSchemas(base: Schema, head: Schema, path = ''): SchemaChange[] {
  const keywords = new Set([...Object.keys(base), ...Object.keys(head)]);
  return [...keywords]
    .filter((keyword) => !isDeepStrictEqual(base[keyword], head[keyword]))
    .flatMap((keyword) => (COMPARISONS.get(keyword) ?? compareUnknown)(base, head, path, keyword));
}

function compareWords(base: Schema, head: Schema, path: string, keyword: string): SchemaChange[] {
  const values = keyword === 'default' ? `: ${show(base[keyword])} -> ${show(head[keyword])}` : '';
  return [{ path, text: `${keyword} changed${values}`, effect: 'harmless' }];
}

/** `sign` is 1 where a smaller number lets fewer values through. */
function compareBound(base: Schema, head: Schema, path: string, keyword: string, sign: 1 | -1): SchemaChange[] {
  const [before, after] = [base, head].map((schema) => Number(schema[keyword] ?? sign * Number.POSITIVE_INFINITY)) as [number, number];
  const effect = after * sign < before * sign ? 'narrower' : 'wider';
  return [{ path, text: `${keyword}: ${show(base[keyword])} -> ${show(head[keyword])}`, effect }];
}

function compareUnknown(base: Schema, head: Schema, path: string, keyword: string): SchemaChange[] {
  const effect = !(keyword in base) ? 'narrower' : keyword in head ? 'other' : 'wider';
  return [{ path, text: `${keyword}: ${show(base[keyword])} -> ${show(head[keyword])}`, effect }];
}

/** A number may be an integer, so that `number` counts as both. Undefined where any type fits. */
function typesOf({ type }: Schema): string[] | undefined {
  return type === undefined ? undefined : [type].flat().flatMap((name) => (name === 'number' ? ['number', 'integer'] : [String(name)]));
}

/** As JSON, or undefined where any value fits. */
function valuesOf(schema: Schema): string[] | undefined {
  const values = 'const' in schema ? [schema['const']] : schema['enum'];
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)) : undefined;
}

function compareSets(base: string[] | undefined, head: string[] | undefined, path: string): SchemaChange[] {
  if (head === undefined) return [{ path, text: 'any value', effect: 'wider' }];
  if (base === undefined) return [{ path, text: `only ${head.join(', ')}`, effect: 'narrower' }];
  const lost = base.filter((value) => !head.includes(value));
  const gained = head.filter((value) => !base.includes(value));
  // The same values in another order.
  if (lost.length + gained.length === 0) return [];
  const text = [...(lost.length > 0 ? [`no longer ${lost.join(', ')}`] : []), ...(gained.length > 0 ? [`also ${gained.join(', ')}`] : [])];
  const effect = lost.length === 0 ? 'wider' : gained.length === 0 ? 'narrower' : 'other';
  return [{ path, text: text.join('; '), effect }];
}

function compareProperties(base: Schema, head: Schema, path: string): SchemaChange[] {
  const [before, after] = [propertiesOf(base), propertiesOf(head)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name): SchemaChange[] => {
    const at = join(path, name);
    const [was, is] = [before.get(name), after.get(name)];
    if (is === undefined) return [{ path: at, text: 'removed', effect: 'other' }];
    if (was !== undefined) return compareSubschemas(was, is, at);
    return requiredOf(head).includes(name)
      ? [{ path: at, text: 'added, required', effect: 'narrower' }]
      : [{ path: at, text: 'added', effect: 'harmless' }];
  });
}

/** Of what was there and still is: the rest has been told of as added or removed. */
function compareRequired(base: Schema, head: Schema, path: string): SchemaChange[] {
  const kept = [...propertiesOf(base).keys()].filter((name) => propertiesOf(head).has(name));
  const [before, after] = [requiredOf(base), requiredOf(head)];
  return kept
    .filter((name) => before.includes(name) !== after.includes(name))
    .map((name) =>
      after.includes(name)
        ? { path: join(path, name), text: 'now required', effect: 'narrower' }
        : { path: join(path, name), text: 'now optional', effect: 'wider' },
    );
}

function propertiesOf({ properties }: Schema): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(isSchema(properties) ? properties : {}));
}

function requiredOf({ required }: Schema): readonly unknown[] {
  return Array.isArray(required) ? required : [];
}

function compareSubschemas(base: unknown = true, head: unknown = true, path = ''): SchemaChange[] {
  if (isDeepStrictEqual(base, head)) return [];
  if (base === false || head === false) {
    return [head === false ? { path, text: 'nothing fits', effect: 'narrower' } : { path, text: 'something fits', effect: 'wider' }];
  }
  return compareSchemas(isSchema(base) ? base : {}, isSchema(head) ? head : {}, path);
}

function compareBranches(base: Schema, head: Schema, path: string, keyword: string): SchemaChange[] {
  const [before, after] = [base[keyword], head[keyword]];
  if (!Array.isArray(before) || !Array.isArray(after)) return compareUnknown(base, head, path, keyword);
  if (before.length === after.length) {
    return before.flatMap((branch, index) => compareSubschemas(branch, after[index], `${path}(${keyword} ${index + 1})`));
  }
  const within = (some: unknown[], all: unknown[]) => some.every((branch) => all.some((other) => isDeepStrictEqual(branch, other)));
  const effect = within(before, after) ? 'wider' : within(after, before) ? 'narrower' : 'other';
  return [{ path, text: `${keyword}: ${before.length} -> ${after.length} alternatives`, effect }];
}

function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function show(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}
