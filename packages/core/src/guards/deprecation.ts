import * as z from 'zod';
import type { AnyTool } from '../define.ts';
import type { Logger } from '../log.ts';

/** What the record of a call keeps of deprecations: the names of the tool and of arguments, as the literal has them. */
export interface Deprecated {
  deprecated?: readonly string[];
}

/** Says which deprecated things a call uses. */
export type FindDeprecated = (tool: AnyTool, args: unknown) => Deprecated;

/** One argument of a tool, or the tool itself, and what to use instead. */
interface Deprecation {
  argument: string | undefined;
  instead: string;
}

/** After it a description says what to use instead. */
const MARK = 'Deprecated: ';
const FORM = /(^|\. )Deprecated: (Use|Leave) \S.* \(since \d+\.\d+\.\d+\)\./;
const NONE: Deprecated = {};

/** The description of a tool as a model reads it. What to use instead goes first: some clients cut the end. */
export function describeTool({ description, deprecated }: AnyTool): string {
  return deprecated === undefined ? description : `${MARK}${deprecated} ${description}`;
}

/** What the description of a deprecated argument or setting says to use instead. */
export function insteadOf(description = ''): string {
  return description.split(MARK)[1] ?? '';
}

/** Whether a description says what to use instead and since when, as `Deprecated: Use head (since 1.4.0).` does, if and only if it should. */
export function deprecationFits(description = '', deprecated = description.includes(MARK)): boolean {
  return deprecated ? FORM.test(description) : !description.includes(MARK);
}

/** Warns in the log when something deprecated is first used: once a process, for the record of every call tells by whom. */
export function createFindDeprecated(log: Logger): FindDeprecated {
  const known = new Map<AnyTool, readonly Deprecation[]>();
  const told = new Set<Deprecation>();
  return (tool, args) => {
    const all = known.get(tool) ?? deprecationsOf(tool);
    known.set(tool, all);
    const used = all.filter(({ argument }) => argument === undefined || isGiven(args, argument));
    for (const deprecation of used) {
      if (!told.has(deprecation)) log.warn({ tool: tool.name, ...deprecation }, 'deprecated');
      told.add(deprecation);
    }
    return used.length === 0 ? NONE : { deprecated: used.map(({ argument }) => argument ?? tool.name) };
  };
}

/** Arguments are found in the JSON Schema: of what stands inside `optional()` zod says nothing elsewhere. */
function deprecationsOf({ deprecated, inputSchema }: AnyTool): readonly Deprecation[] {
  const { properties = {} } = z.toJSONSchema(inputSchema, { io: 'input' });
  const marked = Object.entries(properties).flatMap(([argument, property]) =>
    typeof property === 'object' && property.deprecated === true ? [{ argument, instead: insteadOf(property.description) }] : [],
  );
  return deprecated === undefined ? marked : [{ argument: undefined, instead: deprecated }, ...marked];
}

function isGiven(args: unknown, name: string): boolean {
  return args !== null && typeof args === 'object' && Object.hasOwn(args, name);
}
