import { describe, expect, it, vi } from 'vitest';
import { ClientRoots } from './client-roots.ts';
import { ToolError } from './errors.ts';
import { createLog } from './log.ts';

/** How long to wait for what must come: reached by failures only. */
const PATIENT = { timeout: 20_000, interval: 5 };

/** Roots whose answers the test gives one by one, and what was made of them. */
function opened() {
  const asked: PromiseWithResolvers<readonly string[]>[] = [];
  const released: string[] = [];
  const onReplaced = vi.fn();
  const roots = new ClientRoots({
    ask() {
      asked.push(Promise.withResolvers());
      return asked.at(-1)?.promise ?? Promise.reject(new Error('nobody'));
    },
    async narrow([name = '']) {
      if (name === 'outside') throw new ToolError('denied', 'Nothing is left.');
      return Object.assign({ name }, { [Symbol.asyncDispose]: async () => void released.push(name) });
    },
    onReplaced,
    log: createLog('silent', [], { writableLength: 0, write: () => true }),
  });
  const nameOf = () => roots.borrow((dependencies) => (dependencies as { name: string }).name);
  return { roots, asked, released, onReplaced, nameOf };
}

describe('what a connection may use', () => {
  it('is asked for once, and lent to all who wait', async () => {
    const { roots, asked, nameOf, onReplaced } = opened();
    roots.renew();
    const names = [nameOf(), nameOf()];
    asked[0]?.resolve(['a']);
    expect(await Promise.all(names)).toEqual(['a', 'a']);
    expect(await nameOf()).toBe('a');
    expect(asked).toHaveLength(1);
    expect(onReplaced).not.toHaveBeenCalled();
  });

  it('is kept by what runs, and given back when that has ended, well or not', async () => {
    const { roots, asked, released, onReplaced, nameOf } = opened();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const running = [roots.borrow(() => first.promise), roots.borrow(() => second.promise)];
    asked[0]?.resolve(['a']);
    expect(await nameOf()).toBe('a');
    roots.renew();
    asked[1]?.resolve(['b']);
    expect(await nameOf()).toBe('b');
    expect(onReplaced).toHaveBeenCalledOnce();
    first.resolve();
    await running[0];
    expect(released).toEqual([]);
    second.reject(new Error('failed'));
    await expect(running[1]).rejects.toThrow('failed');
    expect(released).toEqual(['a']);
  });

  it('is the last that was asked for, however often it has changed meanwhile', async () => {
    const { roots, asked, released, nameOf } = opened();
    const name = nameOf();
    for (let times = 0; times < 1_000; times++) roots.renew();
    asked[0]?.resolve(['a']);
    await vi.waitUntil(() => asked.length === 2, PATIENT);
    asked[1]?.resolve(['b']);
    expect(await name).toBe('b');
    expect(asked).toHaveLength(2);
    expect(released).toEqual(['a']);
  });

  it('is nothing where nothing is left, until the roots change', async () => {
    const { roots, asked, nameOf } = opened();
    const refused = nameOf();
    asked[0]?.resolve(['outside']);
    await expect(refused).rejects.toMatchObject({ code: 'denied' });
    await expect(nameOf()).rejects.toMatchObject({ code: 'denied' });
    expect(asked).toHaveLength(1);
    roots.renew();
    asked[1]?.resolve(['a']);
    expect(await nameOf()).toBe('a');
  });

  it('is nothing without an answer, and asked for again by the next who needs it', async () => {
    const { asked, nameOf } = opened();
    const refused = nameOf();
    asked[0]?.reject(new Error('timed out'));
    await expect(refused).rejects.toMatchObject({ code: 'unavailable', hint: expect.stringContaining('roots/list') });
    const name = nameOf();
    asked[1]?.resolve(['a']);
    expect(await name).toBe('a');
  });

  it('is nothing once an answer that is to replace it has failed', async () => {
    const { roots, asked, released, nameOf } = opened();
    const name = nameOf();
    asked[0]?.resolve(['a']);
    expect(await name).toBe('a');
    roots.renew();
    const refused = nameOf();
    asked[1]?.reject(new Error('no'));
    await expect(refused).rejects.toMatchObject({ code: 'unavailable' });
    expect(released).toEqual(['a']);
  });
});

describe('at the end of the connection', () => {
  it('what is unused is given back at once, what is used when that has ended', async () => {
    const { roots, asked, released, nameOf } = opened();
    const { promise, resolve } = Promise.withResolvers<void>();
    const running = roots.borrow(() => promise);
    asked[0]?.resolve(['a']);
    await nameOf();
    roots.close();
    expect(released).toEqual([]);
    resolve();
    await running;
    expect(released).toEqual(['a']);
    await expect(nameOf()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('what comes too late is given back, and nobody gets it', async () => {
    const { roots, asked, released, nameOf } = opened();
    const waiting = nameOf();
    roots.close();
    asked[0]?.resolve(['a']);
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    expect(released).toEqual(['a']);
  });
});
