import { afterAll, describe, expect, test } from 'vitest';
import { openExtractor } from '../../src/domain/extract.ts';
import type { Page } from '../../src/domain/page.ts';
import { BOMBS } from './bombs.ts';
import { TRICKS } from './tricks.ts';

const extractor = openExtractor({ deadlineMs: 60_000 });
afterAll(() => extractor[Symbol.asyncDispose]());

const url = 'https://site.example/';

function read(body: string, mediaType = 'text/html'): Promise<Page> {
  return extractor.extract(Buffer.from(body), { url, mediaType, format: 'markdown' }, new AbortController().signal);
}

/** Runs something, and counts how often the main thread came round meanwhile. */
async function turnsDuring<Value>(work: Promise<Value>): Promise<{ value: Value; turns: number }> {
  let turns = 0;
  let done = false;
  const turn = () => {
    turns += 1;
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  const value = await work.finally(() => {
    done = true;
  });
  return { value, turns };
}

let allTurns = 0;

describe('no page stalls or ends the process', () => {
  test.each(BOMBS)('$id $why', async ({ mediaType, body, keeps, truncated }) => {
    const { value: page, turns } = await turnsDuring(read(body(), mediaType));
    allTurns += turns;
    if (keeps !== undefined) expect(page.content).toContain(keeps);
    if (truncated !== undefined) expect(page.truncated).toBe(truncated);
    expect(page.content.length).toBeLessThanOrEqual(5_000_000);
    // The same threads go on to serve others.
    expect((await read('<p>next</p>')).content).toBe('next');
  });

  test('the main thread went on answering', () => {
    expect(allTurns).toBeGreaterThan(BOMBS.length * 100);
  });

  test('a bomb beside others does not hold them up', async () => {
    const bomb = read('<div>'.repeat(200_000));
    const pages = await Promise.all(Array.from({ length: 20 }, (_, page) => read(`<p>page ${page}</p>`)));
    expect(pages.map(({ content }) => content)).toEqual(pages.map((_, page) => `page ${page}`));
    await bomb;
  });
});

describe('what a page says stays the words of the page', () => {
  test.each(TRICKS)('$id $why', async ({ body, drops, keeps }) => {
    const page = await read(`<p>before</p>${body}`);
    const answer = JSON.stringify(page).normalize();
    for (const text of drops) expect(page.content.includes(text) || answer.includes(text), `kept ${JSON.stringify(text)}`).toBe(false);
    if (keeps !== undefined) expect(page.content).toContain(keeps);
  });
});

describe('HF-071 nothing is left', () => {
  test.each([
    ['a shell', '<div id=root></div><noscript>Enable it</noscript><script>1</script>', ''],
    [
      'nothing but navigation',
      '<nav><a href=/a>First</a> <a href=/b>Second</a></nav>',
      '[First](https://site.example/a) [Second](https://site.example/b)',
    ],
    ['a few words', '<div>ok</div>', 'ok'],
    ['nothing at all', '', ''],
  ])('%s', async (_, body, content) => {
    const page = await read(`<html><body>${body}</body></html>`);
    expect(page.content).toBe(content);
    if (content === '')
      expect(page).toMatchObject({ extracted: false, notes: ['The page has no text of its own: scripts make it in a browser.'] });
  });
});
