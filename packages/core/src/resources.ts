import { type Completion, completeWith, type Typing } from './completion.ts';
import type { CallContext, ListedResource, Resource, ResourceContent } from './define.ts';
import { ToolError } from './errors.ts';
import { auditedArguments } from './guards/audit.ts';
import { makeVisible, sanitizeData } from './guards/sanitize.ts';
import { refuseManyBytes, type Sized, STRUCTURE_FACTOR, tooLarge } from './guards/size.ts';
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
        const sent = contentOf(uri, content, literal.mimeType, env.maxResultChars);
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

/** How what is too large is spoken of: only the servers know the names of tools. */
const TEXT: Sized = { name: 'resource', hint: 'Use a tool that reads a part of it.' };
const BLOB: Sized = { name: 'resource', hint: 'Use a tool that reads a part of it, or sends pictures, sound and files.' };

/** As it is sent: no more characters than structured content may have, and no more bytes than an answer. */
function contentOf(uri: string, content: ResourceContent, usual: string | undefined, maxChars: number): ReadContent {
  const limit = maxChars * STRUCTURE_FACTOR;
  const mimeType = content.mimeType ?? usual;
  const head = { uri, ...(mimeType === undefined ? {} : { mimeType: makeVisible(mimeType) }) };
  if ('blob' in content) {
    const { buffer, byteOffset, length } = content.blob;
    const base64 = Math.ceil(length / 3) * 4;
    if (base64 > limit) throw tooLarge(BLOB, base64, limit);
    return { ...head, blob: Buffer.from(buffer, byteOffset, length).toString('base64') };
  }
  const { value, characters, bytes } = sanitizeData(content.text, limit);
  if (characters > limit) throw tooLarge(TEXT, characters, limit);
  const sent = { ...head, text: value };
  refuseManyBytes(TEXT, sent, bytes, maxChars);
  return sent;
}
