/** The thread in which pages are read. It has no variables of the environment, little memory, and can be ended at any time. */
import { parentPort } from 'node:worker_threads';
import { toToolError } from '@touchstone-mcp/core/errors';
import type { ReadAnswer, ReadRequest } from './extract.ts';
import { partOf } from './part.ts';
import { readBody } from './read-body.ts';

async function answer({ body, job, part }: ReadRequest): Promise<ReadAnswer> {
  try {
    // Its own copy: two forms of a large body at a time are enough.
    const release = () => void (body.buffer as ArrayBuffer).transfer(0);
    return { page: partOf(await readBody(body, job, release), part) };
  } catch (error) {
    const { code, message, hint, cause } = toToolError(error);
    return { error: { code, message, hint, cause: String(cause instanceof Error ? cause.stack : cause) } };
  }
}

parentPort?.on('message', async (request: ReadRequest) => parentPort?.postMessage(await answer(request)));
