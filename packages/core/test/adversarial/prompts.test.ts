import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { assemble } from '../../src/assemble.ts';
import { commonSchema } from '../../src/config/common.ts';
import { createLog } from '../../src/log.ts';
import { serveStdio } from '../../src/serve/stdio.ts';
import { openLibrary } from '../fixture/library.ts';
import { INITIALIZE } from '../harness.ts';
import { attacks } from './prompts.ts';

interface Message {
  id?: number;
  result?: { messages: unknown[] };
  error?: { code: number; message: string; data?: unknown };
}

const open: AsyncDisposable[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each[Symbol.asyncDispose]()));
});

const ENVELOPE = JSON.stringify({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
});

/** Speaks to the library in lines of its own choosing: no client would send what these rows send. */
async function speak(era: 'legacy' | 'modern') {
  const log: string[] = [];
  const logger = createLog('info', [], { writableLength: 0, write: (line) => log.push(line) });
  const assembly = await assemble(openLibrary().server, commonSchema.parse({ rateLimit: 0 }), logger);
  const [input, output] = [new PassThrough(), new PassThrough()];
  const serving = serveStdio(assembly, logger, input, output);
  open.push({ [Symbol.asyncDispose]: () => serving.close() }, assembly);
  const lines = output.setEncoding('utf8').iterator();
  let buffered = '';
  const ask = async (id: number, method: string, params: string): Promise<Message> => {
    const sent = era === 'legacy' ? params : `{"_meta":${ENVELOPE}${params === '{}' ? '' : ','}${params.slice(1)}`;
    input.write(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${sent}}\n`);
    while (!buffered.includes('\n')) buffered += (await lines.next()).value;
    const [line = '', ...rest] = buffered.split('\n');
    buffered = rest.join('\n');
    return JSON.parse(line);
  };
  if (era === 'legacy') await ask(1, 'initialize', JSON.stringify(INITIALIZE));
  return { ask, log };
}

describe.each(['legacy', 'modern'] as const)('a %s request for a prompt', (era) => {
  test.each(attacks.map((row) => [row.why, row] as const))('is refused: %s', async (_why, { params, code, says }) => {
    const { ask, log } = await speak(era);
    const { error } = await ask(2, 'prompts/get', params);
    expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
    expect(JSON.stringify(error).length).toBeLessThan(5_000);
    expect(log.every((line) => line.length < 5_000)).toBe(true);
    expect(JSON.stringify([error, log])).not.toMatch(/\u202e/);
    expect('polluted' in {}).toBe(false);
    // The connection goes on.
    expect((await ask(3, 'prompts/get', '{"name":"open_shift"}')).result?.messages).toHaveLength(2);
  });

  test('whose argument would hide something is answered in the open', async () => {
    const { ask, log } = await speak(era);
    const { result } = await ask(
      2,
      'prompts/get',
      '{"name":"review_book","arguments":{"title":"a\\u202eb\\u{e0041}"}}'.replace('\\u{e0041}', '\\udb40\\udc41'),
    );
    expect(result?.messages).toEqual([{ role: 'user', content: { type: 'text', text: 'A kind review of a\\u{202e}b\\u{e0041}.' } }]);
    expect(log.join()).toContain('a\\\\u{202e}b');
  });
});
