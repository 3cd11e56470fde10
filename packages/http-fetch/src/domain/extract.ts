import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, ToolError } from '@touchstone-mcp/core/errors';
import pLimit from 'p-limit';
import type { BodyFacts } from './page.ts';
import type { PagePart, PartRequest } from './part.ts';
import { MAX_TEXT_BYTES, type ReadJob } from './read-job.ts';

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
   * memory as a document is read as plain text. Of a `part` nothing else comes back. Throws `invalid_input` for bytes that are no text, `too_large` where not even that works.
   */
  extract(body: Uint8Array, facts: BodyFacts, signal: AbortSignal, part?: PartRequest): Promise<PagePart>;
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

/** How much the whole process may grow while a thread works: twice what any page costs. */
const MAX_GROWTH_BYTES = 128 * 1024 * 1024;
const WATCH_MS = 20;

/** PDF is read whole or not at all. */
const MAX_PDF_BYTES = 16 * 1024 * 1024;

/** An extractor that starts its threads when they are needed. */
export function openExtractor({ threads = 2, deadlineMs = 10_000, idleMs = 20_000, heapMb = 56 }: ExtractorOptions = {}): Extractor {
  const limit = pLimit(threads);
  const idle = new Map<Worker, NodeJS.Timeout>();

  function forget(this: Worker): void {
    clearTimeout(idle.get(this));
    idle.delete(this);
  }
  const take = (): Worker => {
    const [waiting] = idle;
    if (waiting === undefined) return startThread(heapMb).once('exit', forget);
    const [worker, timer] = waiting;
    clearTimeout(timer);
    idle.delete(worker);
    worker.ref();
    return worker;
  };
  const giveBack = (worker: Worker) => {
    worker.unref();
    idle.set(worker, setTimeout(() => worker.terminate(), idleMs).unref());
  };

  async function attempt(request: ReadRequest, signal: AbortSignal): Promise<ReadAnswer | undefined> {
    const worker = take();
    const answer = await answerOf(worker, request, deadlineMs, signal);
    if (answer === undefined) await worker.terminate();
    else giveBack(worker);
    signal.throwIfAborted();
    return answer;
  }

  async function read(body: Uint8Array, facts: BodyFacts, signal: AbortSignal, part: PartRequest | undefined): Promise<PagePart> {
    for (const plain of [false, true]) {
      signal.throwIfAborted();
      const job = { ...facts, plain, totalBytes: body.length };
      const answer = await attempt({ body: startOfBody(body), job, part }, signal);
      if (answer !== undefined) return pageOf(answer);
    }
    throw new ToolError('too_large', 'The answer cannot be read within the limits of time and memory.', {
      hint: 'Give the user the link.',
    });
  }

  return {
    extract: (body, facts, signal, part) => limit(() => read(body, facts, signal, part)),
    async [Symbol.asyncDispose]() {
      limit.clearQueue();
      await Promise.all(Array.from(idle.keys(), (worker) => worker.terminate()));
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
  // The heap of a thread is limited, its buffers are not: a stream of a PDF may be a thousand times its size.
  const before = threadBytes();
  const watch = setInterval(() => {
    if (threadBytes() - before > MAX_GROWTH_BYTES) giveUp();
  }, WATCH_MS);
  worker.once('message', resolve).once('error', giveUp).once('exit', giveUp);
  signal.addEventListener('abort', giveUp, { once: true });
  // Its own copy: the caller keeps the body, and nothing is copied on the way.
  worker.postMessage(request, [request.body.buffer as ArrayBuffer]);
  return promise.finally(() => {
    clearTimeout(timer);
    clearInterval(watch);
    signal.removeEventListener('abort', giveUp);
    worker.off('message', resolve).off('error', giveUp).off('exit', giveUp);
  });
}

/** What the process holds, without the buffers of the main thread: bodies that come in meanwhile are nothing that a page costs. */
function threadBytes(): number {
  const { rss, external } = process.memoryUsage();
  return rss - external;
}

/** A copy of as much as is read, in memory of its own, so that it can be given away. */
function startOfBody(body: Uint8Array): Uint8Array {
  const isPdf = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 1_024)).includes('%PDF-');
  return new Uint8Array(body.subarray(0, isPdf ? MAX_PDF_BYTES : MAX_TEXT_BYTES));
}

function pageOf(answer: ReadAnswer): PagePart {
  if ('page' in answer) return answer.page;
  const { code, message, hint, cause } = answer.error;
  throw new ToolError(code, message, { ...(hint === undefined ? {} : { hint }), cause });
}
