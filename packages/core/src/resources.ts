import { STRUCTURE_FACTOR } from './call.ts';
import { type Completion, completeWith, type Typing } from './completion.ts';
import type { CallContext, ListedResource, Resource, ResourceContent } from './define.ts';
import { ToolError } from './errors.ts';
import { auditedArguments } from './guards/audit.ts';
import { makeVisible, sanitizeData } from './guards/sanitize.ts';
import { type Environment, type Notes, observe, type RequestFacts, runBounded } from './request.ts';
import { uriTemplate } from './uri-template.ts';

/** A page of resources/list. */
export interface ResourcePage {
  resources: ListedResource[];
  nextCursor?: string;
}

/** What resources/templates/list names. */
export interface ListedTemplate extends Omit<ListedResource, 'uri' | 'size'> {
  uriTemplate: string;
}

/** One item of a ReadResourceResult. */
export type ReadContent = { uri: string; mimeType?: string } & ({ text: string } | { blob: string });

/** A resource that a URI names, and the values that it gives to the variables. */
export interface FoundResource {
  // biome-ignore lint/suspicious/noExplicitAny: the dependencies are the server's own; core only hands them on
  literal: Resource<any>;
  variables: Record<string, string>;
}

/** The resources of a server. Every method throws ToolError. */
export interface Resources {
  templates: readonly ListedTemplate[];
  /** Whether the list is the same for as long as the process lives. */
  fixed: boolean;
  completable: boolean;
  watchable: boolean;
  find(uri: string): FoundResource;
  list(cursor: string | undefined, request: RequestFacts): Promise<ResourcePage>;
  read(uri: string, request: RequestFacts): Promise<ReadContent>;
  complete(uriTemplate: string, typing: Typing, request: RequestFacts): Promise<Completion>;
}

const PAGE = 100;

/** Templates are read, and what never changes is listed, once a process. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function createResources(literals: readonly Resource<any>[], env: Environment): Resources {
  const known = literals.map((literal) => ({ literal, template: uriTemplate(literal.uriTemplate) }));
  const isWhole = ({ template }: (typeof known)[number]) => template.variables.length === 0;
  const whole = known.filter(isWhole).map(({ literal }) => ({ uri: literal.uriTemplate, ...namesOf(literal) }));
  const listing = literals.filter(({ list }) => list !== undefined);

  /** Every request of a client's for something that the server's own code makes. */
  const serve = <Result>(
    target: Parameters<typeof observe>[0],
    request: RequestFacts,
    work: (context: CallContext, notes: Notes) => Promise<Result>,
  ) =>
    observe(target, request, env, async (notes) => {
      await env.rateLimit(request.caller);
      return await runBounded(request, env, (context) => work(context, notes));
    });

  const find = (uri: string): FoundResource => {
    for (const { literal, template } of known) {
      const variables = template.match(uri);
      if (variables !== undefined) return { literal, variables };
    }
    throw new ToolError('not_found', 'No resource has this URI.');
  };

  return {
    templates: known.filter((entry) => !isWhole(entry)).map(({ literal }) => ({ uriTemplate: literal.uriTemplate, ...namesOf(literal) })),
    fixed: listing.length === 0,
    completable: literals.some(({ complete }) => complete !== undefined),
    watchable: literals.some(({ watch }) => watch !== undefined),
    find,
    async list(cursor, request) {
      if (listing.length === 0) return pageOf(whole, cursor);
      const listed = await serve({ method: 'resources/list' }, request, async (context) => {
        const lists = await Promise.all(listing.map(async ({ list }) => (await list?.(context)) ?? []));
        return sanitizeData(lists.flat()).value;
      });
      return pageOf([...whole, ...listed], cursor);
    },
    async read(uri, request) {
      const { literal, variables } = find(uri);
      const target = { method: 'resources/read', resource: literal.name, ...auditedArguments(variables, literal.audit) };
      return await serve(target, request, async (context, notes) => {
        const content = await literal.read(variables as never, context);
        const sent = contentOf(uri, content, literal.mimeType, env.maxResultChars * STRUCTURE_FACTOR);
        notes.chars = ('text' in sent ? sent.text : sent.blob).length;
        return sent;
      });
    },
    async complete(wanted, typing, request) {
      const entry = known.find(({ literal }) => literal.uriTemplate === wanted);
      if (entry?.template.variables.includes(typing.name) !== true) throw new ToolError('invalid_input', 'No template has this variable.');
      const { name, complete } = entry.literal;
      return await completeWith(complete, typing, { resource: name }, request, env);
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: as above
function namesOf({ name, title, description, mimeType }: Resource<any>) {
  return { name, title, description, ...(mimeType === undefined ? {} : { mimeType }) };
}

/** A cursor is the number of the first resource of its page. */
function pageOf(all: ListedResource[], cursor = '0'): ResourcePage {
  const start = /^\d{1,9}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (!(start === 0 || start < all.length)) throw new ToolError('invalid_input', 'This cursor is not one of ours.');
  const end = start + PAGE;
  return { resources: all.slice(start, end), ...(end < all.length ? { nextCursor: String(end) } : {}) };
}

function contentOf(uri: string, content: ResourceContent, usual: string | undefined, maxChars: number): ReadContent {
  const mimeType = content.mimeType ?? usual;
  const head = { uri, ...(mimeType === undefined ? {} : { mimeType: makeVisible(mimeType) }) };
  if ('blob' in content) {
    // In base64.
    if ((content.blob.length * 4) / 3 > maxChars) throw tooLarge((content.blob.length * 4) / 3, maxChars);
    return { ...head, blob: Buffer.from(content.blob.buffer, content.blob.byteOffset, content.blob.length).toString('base64') };
  }
  const { value, characters } = sanitizeData(content.text, maxChars);
  if (characters > maxChars) throw tooLarge(characters, maxChars);
  return { ...head, text: value };
}

function tooLarge(characters: number, maxChars: number): ToolError {
  return new ToolError('too_large', `The resource has ${Math.ceil(characters)} characters; the limit is ${maxChars}.`, {
    hint: 'Read a part of it with a tool.',
  });
}
