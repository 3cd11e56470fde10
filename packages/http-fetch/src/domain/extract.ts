import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { abortable } from '@touchstone-mcp/core/abortable';
import { type ErrorCode, ToolError } from '@touchstone-mcp/core/errors';
import pLimit from 'p-limit';
import { tooLargePdf } from './bounded-buffers.ts';
import { MAX_TEXT_BYTES } from './limits.ts';
import { sniffed } from './media.ts';
import type { BodyFacts } from './page.ts';
import type { PagePart, PartRequest } from './part.ts';
import type { ReadJob } from './read-job.ts';

/** What a thread is sent. */
export interface ReadRequest {
  readonly body: Uint8Array;
  readonly job: ReadJob;
  readonly part: PartRequest | undefined;
}

/** What a thread answers. */
export type ReadAnswer =
  | { readonly page: PagePart }
  | { readonly error: { code: ErrorCode; message: string; hint: string | undefined; cause: string } };

/** Reads bodies as pages, in threads of its own. */
export interface Extractor extends AsyncDisposable {
  /**
   * Reads an answer: HTML, feeds, sitemaps, PDF, JSON, any text. No body can stall or end the process: what takes too long or too much
   * memory as a document is read as plain text. Of a `part` nothing else comes back. The memory
   * of a PDF is taken, so that its body is empty then. Throws `invalid_input` for bytes that are no text, `too_large` where not even that works.
   */
  extract(body: Uint8Array, facts: BodyFacts, signal: AbortSignal, part?: PartRequest): Promise<PagePart>;
  /** Starts a thread if there is none: whoever waits for a body anyway need not wait for it later. */
  prepare(): void;
}

/** The limits of one thread. */
export interface ExtractorOptions {
  readonly threads?: number;
  /** For one attempt; there are two at most. */
  readonly deadlineMs?: number;
  /** How long a thread without work is kept, with its memory. */
  readonly idleMs?: number;
  readonly heapMb?: number;
}

/** PDF is read whole or not at all. */
const MAX_PDF_BYTES = 16 * 1024 * 1024;

/** An extractor that starts its threads when they are needed: one by default, since what bounds the memory of a process is how many there are. */
export function openExtractor({ threads = 1, deadlineMs = 10_000, idleMs = 20_000, heapMb = 22 }: ExtractorOptions = {}): Extractor {
  const limit = pLimit(threads);
  const all = new Set<Worker>();
  const idle = new Map<Worker, NodeJS.Timeout>();
  const closing = new AbortController();

  const start = (): Worker => {
    const worker = startThread(heapMb);
    all.add(worker);
    return worker.once('exit', () => {
      all.delete(worker);
      forget(worker);
    });
  };
  const forget = (worker: Worker) => {
    clearTimeout(idle.get(worker));
    idle.delete(worker);
  };
  const take = (): Worker => {
    const [waiting] = idle.keys();
    if (waiting === undefined) return start();
    forget(waiting);
    waiting.ref();
    return waiting;
  };
  // Forgotten before it ends: a thread that is about to end would take a page with it.
  const end = (worker: Worker) => {
    forget(worker);
    return worker.terminate();
  };
  const giveBack = (worker: Worker) => {
    worker.unref();
    idle.set(worker, setTimeout(end, idleMs, worker).unref());
  };

  async function attempt(request: ReadRequest, signal: AbortSignal): Promise<ReadAnswer | undefined> {
    const worker = take();
    // Seen before the body is given away.
    const keeps = !isPdf(request.body);
    const answer = await answerOf(worker, request, deadlineMs, signal);
    // The reader of PDF may leave work behind that fails later, and with it the next page.
    if (answer !== undefined && keeps) giveBack(worker);
    else await end(worker);
    signal.throwIfAborted();
    return answer;
  }

  async function read(body: Uint8Array, facts: BodyFacts, signal: AbortSignal, part: PartRequest | undefined): Promise<PagePart> {
    signal.throwIfAborted();
    const job = { ...facts, plain: false, totalBytes: body.length };
    if (isPdf(body)) {
      // As text it would mean nothing, so there is one attempt, and nobody needs the body afterwards.
      const answer = await attempt({ body: ownBody(body, MAX_PDF_BYTES), job, part }, signal);
      if (answer === undefined) throw tooLargePdf();
      return pageOf(answer);
    }
    for (const plain of [false, true]) {
      const answer = await attempt({ body: new Uint8Array(body.subarray(0, MAX_TEXT_BYTES)), job: { ...job, plain }, part }, signal);
      if (answer !== undefined) return pageOf(answer);
    }
    throw new ToolError('too_large', 'The answer cannot be read within the limits of time and memory.', {
      hint: 'Give the user the link.',
    });
  }

  return {
    // Whoever is cancelled while others are read gives back the room for its body at once.
    extract(body, facts, signal, part) {
      const either = AbortSignal.any([signal, closing.signal]);
      return abortable(
        limit(() => read(body, facts, either, part)),
        either,
      );
    },
    prepare() {
      if (all.size === 0 && !closing.signal.aborted) giveBack(start());
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new ToolError('unavailable', 'The server is ending.'));
      await Promise.all(Array.from(all, end));
    },
  };
}

function startThread(heapMb: number): Worker {
  // Bundled, both lie beside each other as .js.
  const worker = new Worker(fileURLToPath(new URL(`./extract.entry${extname(import.meta.url)}`, import.meta.url)), {
    name: 'extract',
    env: {},
    execArgv: [],
    // What it prints would be between the messages on stdout.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 4, stackSizeMb: 4 },
  });
  // Whoever waits for an answer learns of it too. Without a listener it would end the process.
  worker.on('error', () => {});
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}

/** The answer, or undefined if the thread has died, takes too long, or nobody waits for it any more. */
function answerOf(worker: Worker, request: ReadRequest, deadlineMs: number, signal: AbortSignal): Promise<ReadAnswer | undefined> {
  const { promise, resolve } = Promise.withResolvers<ReadAnswer | undefined>();
  const giveUp = () => resolve(undefined);
  const timer = setTimeout(giveUp, deadlineMs);
  worker.once('message', resolve).once('error', giveUp).once('exit', giveUp);
  signal.addEventListener('abort', giveUp, { once: true });
  // Nothing is copied on the way.
  worker.postMessage(request, [request.body.buffer as ArrayBuffer]);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    worker.off('message', resolve).off('error', giveUp).off('exit', giveUp);
  });
}

/** The body itself if it has its memory for itself, so that it can be given away; else a copy. */
function ownBody(body: Uint8Array, maxBytes: number): Uint8Array {
  return body.length === body.buffer.byteLength && body.length <= maxBytes ? body : new Uint8Array(body.subarray(0, maxBytes));
}

function isPdf(body: Uint8Array): boolean {
  return sniffed(body) === 'application/pdf';
}

function pageOf(answer: ReadAnswer): PagePart {
  if ('page' in answer) return answer.page;
  const { code, message, hint, cause } = answer.error;
  throw new ToolError(code, message, { ...(hint === undefined ? {} : { hint }), cause });
}
