import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError, type Server } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { type ErrorCode, toToolError } from '../errors.ts';
import { makeVisible } from '../guards/sanitize.ts';
import type { Prompts } from '../prompts.ts';
import { type Environment, wordsOf } from '../request.ts';
import type { Resources } from '../resources.ts';
import type { Release, Watches, WatchRequest } from '../watches.ts';
import { type FactsOf, narrowedFacts, plainFacts } from './facts.ts';

/** Watches whose changes go to one client; undefined where there is nothing to watch. */
export type CreateWatches = ((notify: (uri: string) => void) => Watches) | undefined;

/** Lists, templates and reading. */
export function serveResources(instance: Server, resources: Resources, factsOf: FactsOf): void {
  instance.setRequestHandler('resources/list', async ({ params }, context) => ({
    ...(await resources.list(params?.cursor, factsOf(context)).catch((error) => fail(error))),
  }));
  instance.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [...resources.templates] }));
  instance.setRequestHandler('resources/read', async ({ params: { uri } }, context) => ({
    contents: [await resources.read(uri, factsOf(context)).catch((error) => fail(error, uri))],
  }));
}

/** The SDK's own schema calls an argument that is no text an internal error. */
const promptParams = z.looseObject({ name: z.string(), arguments: z.unknown().optional() });

/** Lists and getting. */
export function servePrompts(instance: Server, prompts: Prompts, factsOf: FactsOf): void {
  instance.setRequestHandler('prompts/list', () => ({ prompts: [...prompts.list] }));
  instance.setRequestHandler('prompts/get', { params: promptParams }, async ({ name, arguments: args }, context) => ({
    messages: await prompts.get(name, args, factsOf(context)).catch((error) => fail(error)),
  }));
}

/** Completion of the arguments of prompts and of the variables of templates. */
export function serveCompletion(instance: Server, resources: Resources, prompts: Prompts, factsOf: FactsOf): void {
  instance.setRequestHandler('completion/complete', async ({ params: { ref, argument, context: given } }, context) => {
    const typing = { name: argument.name, typed: argument.value, settled: given?.arguments ?? {} };
    const facts = factsOf(context);
    const completed = ref.type === 'ref/prompt' ? prompts.complete(ref.name, typing, facts) : resources.complete(ref.uri, typing, facts);
    return { completion: await completed.catch((error) => fail(error)) };
  });
}

/** What only a connection of 2025 has: subscriptions, and roots of its client's. */
export function serveConnection(instance: Server, create: CreateWatches, { narrow, log }: Environment): FactsOf {
  // A client that has gone is told nothing.
  const watches = create?.((uri) => void instance.sendResourceUpdated({ uri }).catch(() => {}));
  const onReplaced = (facts: WatchRequest) => void watches?.renew(facts);
  const narrowed = narrow && narrowedFacts(instance, narrow, { log, onReplaced });
  const factsOf = narrowed?.factsOf ?? plainFacts('legacy');
  if (watches !== undefined) serveSubscriptions(instance, watches, factsOf);
  instance.onclose = () => {
    watches?.close();
    narrowed?.close();
  };
  return factsOf;
}

/** The SDK leaves them to its servers; those of 2026 never reach one (serve/listen.ts). */
function serveSubscriptions(instance: Server, watches: Watches, factsOf: FactsOf): void {
  const held = new Map<string, Promise<Release>>();
  instance.setRequestHandler('resources/subscribe', async ({ params: { uri } }, context) => {
    const begin = () => watches.subscribe(uri, factsOf(context));
    // What is held may have been lost since, when the client's roots changed.
    const subscribed = held.get(uri)?.then((release) => (watches.has(uri) ? release : begin())) ?? begin();
    held.set(uri, subscribed);
    await subscribed.catch((error) => {
      if (held.get(uri) === subscribed) held.delete(uri);
      return fail(error, uri);
    });
    return {};
  });
  instance.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    held.get(uri)?.then(
      (release) => release(),
      () => {},
    );
    held.delete(uri);
    return {};
  });
}

const FAULTS_OF_CLIENTS: ReadonlySet<ErrorCode> = new Set(['invalid_input', 'not_found', 'denied', 'too_large']);

/** What is no tool has no `isError`: the same words and code, as an error of the protocol. */
function fail(thrown: unknown, uri?: string): never {
  const error = toToolError(thrown);
  const { code, retryable } = error;
  if (code === 'not_found' && uri !== undefined) throw new ResourceNotFoundError(makeVisible(uri.slice(0, 2_000)), wordsOf(error));
  const rpcCode = FAULTS_OF_CLIENTS.has(code) ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
  throw new ProtocolError(rpcCode, wordsOf(error), { code, retryable });
}
